/**
 * kubectl in virtual time: reads a command line, asks the API server through its client, and prints what kubectl prints. It waits
 * where kubectl waits (deletion, rollout status), in virtual time.
 */
import type { Simulation } from '../../engine/index.ts';
import type { Client } from '../client/client.ts';
import { apply, APPLY_FLAGS } from './apply.ts';
import { cordon, mark, MARK_FLAGS, scale, SCALE_FLAGS, SELECT_FLAGS, setImage, taint } from './changes.ts';
import { CommandError } from './command-error.ts';
import { DELETE_FLAGS, remove } from './delete.ts';
import { describe, DESCRIBE_FLAGS } from './describe/describe.ts';
import { Flags, type FlagTable, parseFlags } from './flags.ts';
import { get, GET_FLAGS } from './get.ts';
import { Invocation, type KubectlInput, type KubectlResult } from './invocation.ts';
import { create, CREATE_FLAGS, expose, EXPOSE_FLAGS, run, RUN_FLAGS } from './new-objects.ts';
import { rollout, ROLLOUT_FLAGS } from './rollout.ts';

interface Command {
  readonly flags: FlagTable;
  readonly run: (invocation: Invocation, rest: readonly string[]) => void;
}

const COMMANDS: Readonly<Record<string, Command | undefined>> = {
  get: { flags: GET_FLAGS, run: get },
  describe: { flags: DESCRIBE_FLAGS, run: describe },
  create: { flags: CREATE_FLAGS, run: create },
  run: { flags: RUN_FLAGS, run },
  expose: { flags: EXPOSE_FLAGS, run: expose },
  apply: { flags: APPLY_FLAGS, run: apply },
  delete: { flags: DELETE_FLAGS, run: remove },
  scale: { flags: SCALE_FLAGS, run: scale },
  set: { flags: SELECT_FLAGS, run: set },
  label: { flags: MARK_FLAGS, run: (invocation) => mark(invocation, 'labels') },
  annotate: { flags: MARK_FLAGS, run: (invocation) => mark(invocation, 'annotations') },
  cordon: { flags: SELECT_FLAGS, run: (invocation) => cordon(invocation, true) },
  uncordon: { flags: SELECT_FLAGS, run: (invocation) => cordon(invocation, false) },
  taint: { flags: MARK_FLAGS, run: taint },
  rollout: { flags: ROLLOUT_FLAGS, run: rollout },
};

/** The commands that there are, in order. */
export const KUBECTL_COMMANDS: readonly string[] = Object.keys(COMMANDS).sort();

function set(invocation: Invocation): void {
  const [part = '', ...args] = invocation.args;
  if (part !== 'image') throw new CommandError(`set ${part} is not modelled; accepted is set image`);
  setImage(invocation.withArgs(args));
}

export class Kubectl {
  readonly #sim: Simulation;
  readonly #client: Client;
  readonly #input: KubectlInput;

  constructor(sim: Simulation, client: Client, input: KubectlInput) {
    this.#sim = sim;
    this.#client = client;
    this.#input = input;
  }

  /** @param argv with or without "kubectl" in front; `done` runs once, when the command is over. */
  execute(argv: readonly string[], done: (result: KubectlResult) => void): void {
    const words = argv[0] === 'kubectl' ? argv.slice(1) : argv;
    const [name = '', ...rest] = words;
    const connection = { sim: this.#sim, client: this.#client, input: this.#input };
    const command = COMMANDS[name];
    const nothing = new Flags(new Map());
    if (command === undefined) {
      const known = KUBECTL_COMMANDS.join(', ');
      const text = `error: unknown command ${JSON.stringify(name)} for "kubectl"; modelled are ${known}`;
      new Invocation(connection, nothing, [], done).fail(text);
      return;
    }
    try {
      const line = parseFlags(rest, command.flags, `kubectl ${name}`);
      const invocation = new Invocation(connection, line.flags, line.args, done);
      invocation.guard(() => command.run(invocation, line.rest));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      new Invocation(connection, nothing, [], done).fail(`error: ${error.message}`);
    }
  }
}
