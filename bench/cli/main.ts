#!/usr/bin/env node
/**
 * The command `clockwork`: which commands there are and which options they take. Each command is a module of its own that
 * is loaded when it is called, so that starting up costs nothing that is not needed. A command gives the exit code.
 */
import { cac } from 'cac';
import { BadInputError } from '../bad-input.ts';
import { loadModules } from '../load-modules.ts';
import { suggestion } from '../workloads/near-word.ts';
import { BAD_INPUT, CHECK_FAILED, DONE, INTERRUPTED } from './exit-code.ts';
import { numberOption, textOption, textOptions } from './options.ts';

/** Options as cac hands them over. */
type Options = Readonly<Record<string, unknown>>;

const VERSION = '0.1.0';
const HERE = import.meta.url;

function program(): ReturnType<typeof cac> {
  const cli = cac('clockwork');
  runCommand(cli);
  folderCommands(cli);
  otherCommands(cli);
  cli.help();
  cli.version(VERSION);
  return cli;
}

function runCommand(cli: ReturnType<typeof cac>): void {
  cli
    .command('run [experiment]', 'Run an experiment, or plain manifests with --nodes and --pods')
    .example('  $ clockwork run study.yaml --runs 10 --set "cluster.nodes[0].count=500"')
    .example('  $ clockwork run --nodes nodes.yaml --pods pods.yaml --policy spread --policy pack')
    .option('--nodes <file>', 'Manifests of the Nodes, in place of an experiment (repeatable)')
    .option('--pods <file>', 'Manifests of the workload, in place of an experiment (repeatable)')
    .option(
      '--policy <name>',
      'With an experiment: only this policy; with manifests: spread, pack or a KubeSchedulerConfiguration file (repeatable)',
    )
    .option('--seed <seed>', 'Another seed')
    .option('--runs <n>', 'Another number of runs, or auto: until the main metrics are precise')
    .option('--workers <n>', 'Runs at a time; the number changes no result')
    .option('--set <path=value>', 'Another value of one field (repeatable)')
    .option('--plain', "Decide by the scheduler's plain rules, without its index: slower, and the same")
    .option('--out <folder>', 'Run folder; out/NAME-DIGEST unless given')
    .option('--scheduler-perf <file>', "Run the workloads of one of kube-scheduler's benchmark files, as it is")
    .option('--test <name>', 'With --scheduler-perf: TEST or TEST/WORKLOAD (repeatable)')
    .option('--label <label>', 'With --scheduler-perf: only workloads with this label (repeatable)')
    .option('--check-thresholds', "With --scheduler-perf: fail where virtual throughput is below the file's threshold")
    .option('--trace', 'Write trace.json too: run 0 of each policy as a timeline for ui.perfetto.dev')
    .option('--json', 'Print the summary as one JSON document')
    .action(async (experiment: string | undefined, options: Options) => {
      const perfFile = textOption(options, 'scheduler-perf');
      if (perfFile !== undefined) return schedulerPerf(perfFile, experiment, options);
      refuseOptions(options, ['test', 'label', 'check-thresholds'], 'only with --scheduler-perf');
      const { run } = await loadModules('./run.js', HERE, () => import('./run.ts'));
      return run(experiment, {
        nodes: textOptions(options, 'nodes'),
        pods: textOptions(options, 'pods'),
        policies: textOptions(options, 'policy'),
        seed: textOption(options, 'seed'),
        runs: textOption(options, 'runs') === 'auto' ? 'auto' : numberOption(options, 'runs', 1, ', or auto'),
        workers: numberOption(options, 'workers'),
        set: textOptions(options, 'set'),
        out: textOption(options, 'out'),
        plain: options.plain === true,
        trace: options.trace === true,
        json: options.json === true,
      });
    });
}

/** @throws BadInputError for an option that would have no effect */
function refuseOptions(options: Options, names: readonly string[], accepted: string): void {
  for (const name of names) {
    const camel = name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (options[camel] !== undefined) throw new BadInputError(`--${name} is given; accepted ${accepted}`);
  }
}

async function schedulerPerf(file: string, experiment: string | undefined, options: Options): Promise<number> {
  if (experiment !== undefined) {
    throw new BadInputError('found an experiment and --scheduler-perf; accepted is one or the other');
  }
  refuseOptions(options, ['nodes', 'pods', 'policy', 'runs', 'workers', 'set'], 'not with --scheduler-perf');
  const { runSchedulerPerf } = await loadModules(
    './run-scheduler-perf.js',
    HERE,
    () => import('./run-scheduler-perf.ts'),
  );
  return runSchedulerPerf(file, {
    tests: textOptions(options, 'test'),
    labels: textOptions(options, 'label'),
    seed: textOption(options, 'seed'),
    out: textOption(options, 'out'),
    json: options.json === true,
    checkThresholds: options.checkThresholds === true,
    plain: options.plain === true,
  });
}

/** What is done with finished run folders. */
function folderCommands(cli: ReturnType<typeof cac>): void {
  cli
    .command('verify <folder>', "Repeat a run folder's runs and fail at the first event that differs")
    .option('--json', 'Print the result as one JSON document')
    .action(async (folder: string, options: Options) => {
      const { verify } = await loadModules('./verify.js', HERE, () => import('./verify.ts'));
      return verify(folder, { json: options.json === true });
    });
  cli
    .command('compare [...folders]', 'Runs or policies side by side: of one run folder, or each policy over several')
    .option('--fail-if <condition>', 'Exit code 1 if it holds, for example "p99_startup worse by > 5 %" (repeatable)')
    .option('--json', 'Print the comparison as one JSON document')
    .action(async (folders: readonly string[], options: Options) => {
      const { compare } = await loadModules('./compare.js', HERE, () => import('./compare.ts'));
      return compare(folders, { failIf: textOptions(options, 'fail-if'), json: options.json === true });
    });
  cli
    .command('report <folder>', "Write a run folder's report.html again")
    .option('--trace', 'Write trace.json in its place: one run of each policy as a timeline for ui.perfetto.dev')
    .option('--run <n>', 'With --trace: which run; 0 unless given')
    .option('--json', 'Print its path and size as one JSON document')
    .action(async (folder: string, options: Options) => {
      const { report } = await loadModules('./report.js', HERE, () => import('./report.ts'));
      const trace = options.trace === true ? (numberOption(options, 'run', 0) ?? 0) : undefined;
      return report(folder, { trace, json: options.json === true });
    });
}

function otherCommands(cli: ReturnType<typeof cac>): void {
  cli
    .command('plan [plan]', 'Answer how many Nodes, which mix, how many more Pods, or which Nodes can go')
    .option('--out <folder>', "The plan's folder; out/NAME-DIGEST unless given")
    .option('--try <candidate>', 'Look at one candidate alone, as in 12, big=3,small=2 or worker-1,worker-2')
    .option('--types [word]', 'List the machine types of the catalogue, those with the word')
    .option('--json', 'Print plan and answer as one JSON document')
    .action(async (file: string | undefined, options: Options) => {
      if (options.types !== undefined) {
        refuseOptions(options, ['out', 'try'], 'not with --types');
        const { machineTypes } = await loadModules('./machine-types.js', HERE, () => import('./machine-types.ts'));
        return machineTypes(
          typeof options.types === 'boolean' ? undefined : textOption(options, 'types'),
          options.json === true,
        );
      }
      if (file === undefined) throw new BadInputError('found no plan; accepted: a plan file, or --types');
      const candidate = textOption(options, 'try');
      if (candidate !== undefined) refuseOptions(options, ['out'], 'not with --try');
      const { plan } = await loadModules('./plan.js', HERE, () => import('./plan.ts'));
      return plan(file, { out: textOption(options, 'out'), candidate, json: options.json === true });
    });
  cli
    .command('conformance [...files]', 'Replay recordings of real components and count what agrees')
    .option('--record <folder>', "Write the simulator's own answers in the recordings' format")
    .option('--differences <n>', 'Differences shown for each file; 5 unless given')
    .action(async (files: readonly string[], options: Options) => {
      const { conformanceCommand } = await loadModules(
        '../conformance/command.js',
        HERE,
        () => import('../conformance/command.ts'),
      );
      return conformanceCommand(files, {
        record: textOption(options, 'record'),
        differences: numberOption(options, 'differences', 0),
      });
    });
  cli
    .command('shell [experiment]', 'A simulated cluster at a prompt, or with commands from standard input')
    .option('--seed <seed>', 'Another seed')
    .action(async (experiment: string | undefined, options: Options) => {
      const { shell } = await loadModules('./shell.js', HERE, () => import('./shell.ts'));
      return shell(experiment, { seed: textOption(options, 'seed') });
    });
}

/** Runs the command and gives the exit code. */
async function main(): Promise<number> {
  const cli = program();
  try {
    cli.parse(process.argv, { run: false });
    if (cli.options.help === true || cli.options.version === true) return 0;
    if (cli.matchedCommand === undefined) return unknownCommand(cli);
    refuseUnknownOptions(cli);
    return await (cli.runMatchedCommand() as Promise<number>);
  } catch (error) {
    return report(error);
  }
}

/** @throws BadInputError that lists the options there are */
function refuseUnknownOptions({ options, matchedCommand, globalCommand }: ReturnType<typeof cac>): void {
  const known = [...(matchedCommand?.options ?? []), ...globalCommand.options];
  const unknown = Object.keys(options).find(
    (name) => name !== '--' && !known.some(({ names }) => names.includes(name)),
  );
  if (unknown === undefined) return;
  const accepted = (matchedCommand?.options ?? []).map(({ rawName }) => rawName.split(' ')[0] as string);
  const option = `${unknown.length > 1 ? '--' : '-'}${unknown}`;
  throw new BadInputError(
    `option ${option} is not known; accepted with ${matchedCommand?.name}: ${accepted.join(', ')}${suggestion(option, accepted)}`,
  );
}

function unknownCommand(cli: ReturnType<typeof cac>): number {
  const [name] = cli.args;
  if (name === undefined || name === 'help') {
    cli.outputHelp();
    return name === undefined ? BAD_INPUT : DONE;
  }
  const names = cli.commands.map((command) => command.name);
  return report(new BadInputError(`command is '${name}'; accepted: ${names.join(', ')}${suggestion(name, names)}`));
}

function report(error: unknown): number {
  if (!(error instanceof Error)) throw error;
  if (error.name === 'BadInputError' || error.name === 'CACError') {
    process.stderr.write(`clockwork: ${error.message}\n`);
    return BAD_INPUT;
  }
  if (error.name === 'InterruptedError') {
    process.stderr.write(`clockwork: ${error.message}\n`);
    return INTERRUPTED;
  }
  process.stderr.write(`clockwork: ${error.stack ?? error.message}\n`);
  return CHECK_FAILED;
}

process.exitCode = await main();
