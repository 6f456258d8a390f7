/**
 * One run of kubectl: what it has printed so far, its connection to the API server, and how it ends. Commands are functions of an
 * invocation; requests answer later in virtual time, so a command goes on in callbacks.
 */
import type { Simulation } from '../../engine/index.ts';
import type { ApiResult, Client } from '../client/client.ts';
import type { KubeObject, Status } from '../objects/meta.ts';
import { CommandError } from './command-error.ts';
import type { Flags } from './flags.ts';

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What kubectl needs from outside the cluster. */
export interface KubectlInput {
  /** Seconds since 1970 in virtual time, with fractions; ages count from it. */
  nowSeconds(): number;
  /** The objects of a file that `-f` names, in order. @throws Error with a message for the user */
  readManifests(file: string): readonly KubeObject[];
}

/** "Error from server (NotFound): …", as kubectl words what the API server refused. */
export function serverErrorText(status: Status, context = ''): string {
  const reason = status.reason ? ` (${status.reason})` : '';
  return `Error from server${reason}: ${context}${status.message ?? 'the request failed'}`;
}

export class Invocation {
  readonly sim: Simulation;
  readonly client: Client;
  readonly input: KubectlInput;
  readonly flags: Flags;
  /** Arguments that are no flags, after the names of the command. */
  args: readonly string[];
  readonly #done: (result: KubectlResult) => void;
  #stdout = '';
  #stderr = '';
  #code = 0;
  #isOver = false;

  constructor(
    connection: { readonly sim: Simulation; readonly client: Client; readonly input: KubectlInput },
    flags: Flags,
    args: readonly string[],
    done: (result: KubectlResult) => void,
  ) {
    this.sim = connection.sim;
    this.client = connection.client;
    this.input = connection.input;
    this.flags = flags;
    this.args = args;
    this.#done = done;
  }

  /** The same invocation without the names of a command that has parts (`set image`). */
  withArgs(args: readonly string[]): this {
    this.args = args;
    return this;
  }

  /** The namespace that `-n` names, "default" without it. */
  get namespace(): string {
    return this.flags.value('namespace') ?? 'default';
  }

  print(line: string): void {
    this.#stdout += `${line}\n`;
  }

  /** Text that brings its own line breaks. */
  printText(text: string): void {
    this.#stdout += text;
  }

  warn(line: string): void {
    this.#stderr += `${line}\n`;
  }

  /** A line on standard error, and exit code 1 in the end. */
  problem(line: string): void {
    this.warn(line);
    this.#code = 1;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#done({ code: this.#code, stdout: this.#stdout, stderr: this.#stderr });
  }

  fail(line: string): void {
    this.problem(line);
    this.finish();
  }

  /** Runs a part of the command; what it throws for the user ends the invocation. */
  guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.fail(`error: ${error.message}`);
    }
  }

  /** Hands on the object of an answer; reports a refusal and goes on with `next`. */
  answer<T>(next: () => void, use: (object: T) => void, context = ''): (result: ApiResult<T>) => void {
    return (result) => {
      this.guard(() => {
        if (result.ok) use(result.object);
        else this.problem(serverErrorText(result.status, context));
        next();
      });
    };
  }
}

/** Does one thing after the other, each when the one before has called `next`; then `end`. */
export function inOrder<T>(items: readonly T[], step: (item: T, next: () => void) => void, end: () => void): void {
  const go = (i: number): void => {
    if (i === items.length) end();
    else step(items[i] as T, () => go(i + 1));
  };
  go(0);
}
