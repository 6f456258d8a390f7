/**
 * What each line of the shell does to a simulated cluster. Virtual time runs only while a command runs: kubectl until it is done,
 * `advance` for a while, `wait` until the cluster has settled.
 */
import { MICROS_PER_SECOND, type Micros } from '../../engine/index.ts';
import { Kubectl, KUBECTL_COMMANDS } from '../../models/kubectl/kubectl.ts';
import { resourceNamed } from '../../models/kubectl/resource-arguments.ts';
import type { Cluster } from '../../models/index.ts';
import type { RequestResult } from '../../models/network/request.ts';
import type { KubeObject } from '../../models/objects/meta.ts';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { podStatusText } from '../../models/objects/printers/pod-printer.ts';
import { NODES, PODS, type Resource } from '../../models/objects/resources.ts';
import { BadInputError } from '../bad-input.ts';
import { formatDuration, parseDuration } from '../experiments/duration.ts';
import { readDocuments } from '../workloads/documents.ts';
import { readManifests } from '../workloads/manifests.ts';
import { explanationLines } from './shell-explanation.ts';
import { Timeline, timeText } from './shell-timeline.ts';

/** Virtual time that kubectl may take, and that `wait` waits, unless they say otherwise. */
const PATIENCE_MICROS: Micros = 600_000_000;

/** Within so long every component has begun with what a command asks for. */
const REACTION_MICROS: Micros = 2 * MICROS_PER_SECOND;

const HELP = `kubectl COMMAND …            ${KUBECTL_COMMANDS.join(', ')}
advance DURATION             lets virtual time run, for example advance 30s
wait [DURATION]              lets time run until nothing is on its way any more, at most 10m unless a duration is given
request POD HOST[:PORT][/PATH] [xN]
                             sends N requests (1 unless given) from a Pod, one after the other, and shows who answered
timeline KIND/NAME [-n NS]   the way of an object and of all that belongs to it, in virtual time
explain POD [-n NS] [-o json]
                             what the scheduler decided about a Pod, and what every plugin says of every Node now
help                         this text
exit                         ends the shell
# …                          a comment`;

/** Words as a shell cuts them: at blanks, with quotes. @throws BadInputError */
export function words(line: string): string[] {
  const found: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (const character of line) {
    if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === ' ' || character === '\t') {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (quote !== '') throw new BadInputError(`the quote ${quote} is not closed: ${line}`);
  if (word !== undefined) found.push(word);
  return found;
}

/** Objects of a file as they are written, lists taken apart; what no model reads is reported. */
function manifestObjects(file: string, report: (line: string) => void): KubeObject[] {
  if (file === '-') throw new BadInputError('-f - is not modelled in the shell; accepted is a file or folder');
  const { notModelled } = readManifests([file]);
  for (const { what, count, first } of notModelled) report(`not modelled: ${what} (${count}, first at ${first})`);
  const objects = readDocuments(file).map(
    ({ value }) => value as KubeObject & { readonly items?: readonly KubeObject[] },
  );
  return objects.flatMap((object) => (object.kind === 'List' ? (object.items ?? []) : [object]));
}

/** Takes `-n NAMESPACE` out of the words. */
function namespaceOf(args: readonly string[]): { readonly namespace: string; readonly rest: readonly string[] } {
  const at = args.findIndex((word) => word === '-n' || word === '--namespace');
  if (at < 0) return { namespace: 'default', rest: args };
  const namespace = args[at + 1];
  if (namespace === undefined) throw new BadInputError('-n needs a namespace');
  return { namespace, rest: [...args.slice(0, at), ...args.slice(at + 2)] };
}

function isReady({ status }: Node): boolean {
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true;
}

/** A cluster that one types at: `execute` does a line of the shell and prints by the function it was given. */
export class ShellSession {
  readonly #cluster: Cluster;
  readonly #print: (line: string) => void;
  readonly #kubectl: Kubectl;
  readonly #timeline: Timeline;

  /** @param scoresOf as in `Timeline` */
  constructor(cluster: Cluster, print: (line: string) => void, scoresOf?: (pod: string) => string | undefined) {
    this.#cluster = cluster;
    this.#print = print;
    this.#timeline = new Timeline(cluster, scoresOf);
    this.#kubectl = new Kubectl(cluster.sim, cluster.kubectlClient, {
      nowSeconds: () => cluster.clock.nowSeconds(),
      readManifests: (file) => manifestObjects(file, print),
    });
  }

  /** "12.500000", in seconds. */
  get timeText(): string {
    return timeText(this.#cluster.sim.nowMicros);
  }

  /** Does one line. @returns false for `exit`. @throws BadInputError for what is no command of the shell */
  execute(line: string): boolean {
    const [command, ...args] = words(line.trim());
    if (command === undefined || command.startsWith('#')) return true;
    switch (command) {
      case 'kubectl':
        this.#runKubectl(args);
        return true;
      case 'advance':
        this.#advance(args);
        return true;
      case 'wait':
        this.wait(args[0] === undefined ? PATIENCE_MICROS : durationOf(args[0]));
        return true;
      case 'request':
        this.#request(args);
        return true;
      case 'timeline':
        this.#showTimeline(args);
        return true;
      case 'explain':
        this.#explain(args);
        return true;
      case 'help':
        this.#print(HELP);
        return true;
      case 'exit':
      case 'quit':
        return false;
      default:
        throw new BadInputError(
          `command is '${command}'; accepted: kubectl, advance, wait, request, timeline, explain, help, exit`,
        );
    }
  }

  /** Lets time run until so many Nodes are Ready and the cluster has settled. @throws BadInputError when it does not come up */
  start(nodes: number): void {
    const { sim, apiServer } = this.#cluster;
    const endMicros = sim.nowMicros + PATIENCE_MICROS;
    for (;;) {
      const isSettled = this.#cluster.runUntilSettled(endMicros);
      const ready = [...apiServer.registry.all(NODES)].filter(isReady).length;
      if (isSettled && ready >= nodes) return;
      if (sim.nowMicros >= endMicros) {
        throw new BadInputError(
          `the cluster has not come up: ${ready} of ${nodes} Nodes are Ready after ${formatDuration(PATIENCE_MICROS)}`,
        );
      }
      sim.runUntil({ timeMicros: sim.nowMicros + MICROS_PER_SECOND });
    }
  }

  /** Lets time run until the cluster has settled. */
  wait(limitMicros: Micros): void {
    const { sim } = this.#cluster;
    const endMicros = sim.nowMicros + limitMicros;
    // What was just asked for has not yet reached every component: the garbage collector, say, of a Deployment that is gone.
    sim.runUntil({ timeMicros: Math.min(endMicros, sim.nowMicros + REACTION_MICROS) });
    if (!this.#cluster.runUntilSettled(endMicros)) {
      this.#print(`still not settled after ${formatDuration(limitMicros)} of virtual time`);
    }
  }

  #runKubectl(args: readonly string[]): void {
    const { sim } = this.#cluster;
    let isDone = false;
    this.#kubectl.execute(args, ({ stdout, stderr }) => {
      isDone = true;
      for (const text of [stderr, stdout]) if (text !== '') this.#print(text.replace(/\n$/, ''));
    });
    if (!isDone) sim.runUntil({ condition: () => isDone, timeMicros: sim.nowMicros + PATIENCE_MICROS });
    if (!isDone) this.#print(`kubectl has no answer after ${formatDuration(PATIENCE_MICROS)} of virtual time`);
  }

  #advance([text]: readonly string[]): void {
    if (text === undefined) throw new BadInputError('advance needs a duration, for example advance 30s');
    const { sim } = this.#cluster;
    sim.runUntil({ timeMicros: sim.nowMicros + durationOf(text) });
  }

  #pod(namespace: string, text: string): Pod {
    const slash = text.indexOf('/');
    const [space, name] = slash < 0 ? [namespace, text] : [text.slice(0, slash), text.slice(slash + 1)];
    const pod = this.#pods().find(({ metadata }) => metadata.name === name && metadata.namespace === space);
    if (pod === undefined) throw new BadInputError(`there is no pod ${space}/${name}`);
    return pod;
  }

  #pods(): Pod[] {
    return [...this.#cluster.apiServer.registry.all(PODS)];
  }

  #request(args: readonly string[]): void {
    const { namespace, rest } = namespaceOf(args);
    const [from, target, times = 'x1'] = rest;
    const parts = /^([^:/]+)(?::(\d+))?(\/.*)?$/.exec(target ?? '');
    const count = Number(/^x(\d+)$/.exec(times)?.[1] ?? Number.NaN);
    if (from === undefined || parts === null || !(count >= 1)) {
      throw new BadInputError('the form is request POD HOST[:PORT][/PATH] [xN]');
    }
    const fromPod = this.#pod(namespace, from);
    const [, host = '', port = '80', path] = parts;
    const request = { fromPod, host, port: Number(port), ...(path === undefined ? {} : { path }) };
    const counts = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      const answer = outcomeText(this.#answer(request));
      counts.set(answer, (counts.get(answer) ?? 0) + 1);
    }
    for (const [text, number] of [...counts].sort(([x], [y]) => (x < y ? -1 : 1))) this.#print(`${number} × ${text}`);
  }

  #answer(request: Parameters<Cluster['request']>[0]): RequestResult | undefined {
    const { sim } = this.#cluster;
    let answer: RequestResult | undefined;
    this.#cluster.request(request, (result) => {
      answer = result;
    });
    sim.runUntil({ condition: () => answer !== undefined, timeMicros: sim.nowMicros + PATIENCE_MICROS });
    return answer;
  }

  #showTimeline(args: readonly string[]): void {
    const { namespace, rest } = namespaceOf(args);
    const [type = '', name = ''] = (rest[0] ?? '').split('/');
    if (type === '' || name === '') throw new BadInputError('the form is timeline KIND/NAME [-n NAMESPACE]');
    const resource = resourceOf(type);
    const scope = resource.namespaced ? namespace : '';
    const lines = this.#timeline.lines(resource.kind, scope, name, this.#pods());
    if (lines === undefined) throw new BadInputError(`nothing is known of ${type}/${name} in namespace ${namespace}`);
    for (const line of lines) this.#print(line);
  }

  #explain(args: readonly string[]): void {
    const { namespace, rest } = namespaceOf(args);
    const [name, ...options] = rest;
    const asJson = options.join(' ') === '-o json' || options.join(' ') === '-ojson';
    if (name === undefined || (options.length > 0 && !asJson)) {
      throw new BadInputError('the form is explain POD [-n NAMESPACE] [-o json]');
    }
    const pod = this.#pod(namespace, name);
    const explanation = this.#cluster.explain(pod);
    if (asJson) {
      this.#print(JSON.stringify(explanation ?? null, undefined, 2));
      return;
    }
    const { metadata, spec, status } = pod;
    this.#print(
      `${metadata.namespace}/${metadata.name}: ${podStatusText(pod)}, ${spec.nodeName ? `on ${spec.nodeName}` : 'on no Node'}`,
    );
    const condition = status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (condition?.message) this.#print(`${condition.reason}: ${condition.message}`);
    const lines = this.#timeline.lines('Pod', metadata.namespace ?? '', metadata.name, []) ?? [];
    const decisions = lines.filter((line) => / {2}scheduler +/.test(line));
    for (const line of decisions) this.#print(line);
    if (decisions.length === 0) this.#print('the scheduler has not decided about it');
    if (explanation !== undefined) for (const line of explanationLines(explanation)) this.#print(line);
  }
}

function durationOf(text: string): Micros {
  const micros = parseDuration(text);
  if (micros === undefined)
    throw new BadInputError(`the duration is ${JSON.stringify(text)}; accepted are such as 500ms, 30s, 5m, 1h30m`);
  return micros;
}

function resourceOf(type: string): Resource {
  try {
    return resourceNamed(type);
  } catch (error) {
    throw new BadInputError((error as Error).message);
  }
}

function outcomeText(result: RequestResult | undefined): string {
  if (result === undefined) return 'no answer';
  if (!result.ok) return `${result.failure}: ${result.message}`;
  return `answered by ${result.servedBy} at ${result.address}`;
}
