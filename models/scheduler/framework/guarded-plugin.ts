/**
 * Wraps a plugin that an experiment brings along: whatever goes wrong in it is an error that names plugin, Pod and Node.
 * In-tree plugins are not wrapped.
 */
import type { NodeInfo } from '../cache/node-info.ts';
import { type AnyPlugin, EXTENSION_POINTS, takesPartIn } from './plugin.ts';
import { PluginError } from './plugin-error.ts';
import { type PodInfo, podKey } from './pod-info.ts';
import type { Verdict } from './status.ts';

const CODES: readonly unknown[] = ['Error', 'Unschedulable', 'UnschedulableAndUnresolvable', 'Wait', 'Skip', 'Pending'];
const MAX_SCORE = 100;

type LateMethod = (state: unknown, pod: PodInfo, nodeName: string, done?: (status: Verdict) => void) => unknown;

const AFTER_DECISION = [
  ['reserve', 'Reserve'],
  ['unreserve', 'Unreserve'],
  ['permit', 'Permit'],
  ['preBindPreFlight', 'PreBindPreFlight'],
  ['preBind', 'PreBind'],
  ['bind', 'Bind'],
  ['postBind', 'PostBind'],
] as const;

/** Those of them whose result is a verdict. */
const ANSWERING: ReadonlySet<string> = new Set(['reserve', 'preBindPreFlight', 'bind']);

/** One question to the plugin, for messages. */
interface Question {
  readonly plugin: string;
  readonly point: string;
  readonly pod: string;
  readonly node: string;
}

function problem({ plugin, point, pod, node }: Question, text: string, cause?: unknown): PluginError {
  return new PluginError(plugin, point, pod, node, text, cause);
}

function ask<R>(question: Question, answer: () => R): R {
  let result: R;
  try {
    result = answer();
  } catch (error) {
    if (error instanceof PluginError) throw error;
    throw problem(question, `it threw: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  if (typeof (result as { then?: unknown } | undefined)?.then === 'function') {
    throw problem(question, 'it answered with a promise; a plugin has to answer at once');
  }
  return result;
}

function shown(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** @throws PluginError when it is neither undefined nor a status */
function verdict<V extends Verdict | object>(question: Question, value: V): V {
  const { code, reasons } = (value ?? { code: 'Skip', reasons: [] }) as { code?: unknown; reasons?: unknown };
  if (typeof value === 'object' && value !== null && 'nodeNames' in value) return value;
  if (CODES.includes(code) && Array.isArray(reasons)) return value;
  throw problem(
    question,
    `it answered ${shown(value)}; accepted are undefined (success) and a status with code and reasons`,
  );
}

function checkScores(question: (i: number) => Question, scores: readonly number[]): void {
  scores.forEach((score, i) => {
    if (Number.isInteger(score) && score >= 0 && score <= MAX_SCORE) return;
    throw problem(
      question(i),
      `the score is ${shown(score)}; accepted are whole numbers from 0 to ${MAX_SCORE} (after normalizeScore)`,
    );
  });
}

function questioner(plugin: string): (point: string, pod?: PodInfo, node?: NodeInfo) => Question {
  return (point, pod, node) => ({
    plugin,
    point,
    pod: pod === undefined ? '' : podKey(pod.pod),
    node: node?.name ?? '',
  });
}

/** The methods up to Filter. */
function guardedFiltering(own: AnyPlugin): Partial<AnyPlugin> {
  const q = questioner(own.name);
  const parts: { -readonly [K in keyof AnyPlugin]?: AnyPlugin[K] } = {};
  const { preFilter, addPod, removePod, filter, postFilter } = own;
  if (preFilter !== undefined) {
    parts.preFilter = (state, pod, nodes) => {
      const question = q('PreFilter', pod);
      return verdict(question, ask(question, () => preFilter.call(own, state, pod, nodes)) as Verdict);
    };
  }
  if (addPod !== undefined) {
    parts.addPod = (state, pod, added, node) =>
      ask(q('AddPod', pod, node), () => addPod.call(own, state, pod, added, node));
  }
  if (removePod !== undefined) {
    parts.removePod = (state, pod, removed, node) =>
      ask(q('RemovePod', pod, node), () => removePod.call(own, state, pod, removed, node));
  }
  if (filter !== undefined) {
    parts.filter = (state, pod, node) => {
      const question = q('Filter', pod, node);
      return verdict(
        question,
        ask(question, () => filter.call(own, state, pod, node)),
      );
    };
  }
  if (postFilter !== undefined) {
    parts.postFilter = (state, pod, verdicts) => {
      const question = q('PostFilter', pod);
      const result = ask(question, () => postFilter.call(own, state, pod, verdicts));
      verdict(question, (result as { status?: Verdict } | undefined)?.status);
      return result;
    };
  }
  return parts;
}

function guardedScoring(own: AnyPlugin): Partial<AnyPlugin> {
  const q = questioner(own.name);
  const parts: { -readonly [K in keyof AnyPlugin]?: AnyPlugin[K] } = {};
  const { preScore, score, normalizeScore } = own;
  if (preScore !== undefined) {
    parts.preScore = (state, pod, nodes) => {
      const question = q('PreScore', pod);
      return verdict(
        question,
        ask(question, () => preScore.call(own, state, pod, nodes)),
      );
    };
  }
  if (score === undefined) return parts;
  parts.score = (state, pod, node) => {
    const question = q('Score', pod, node);
    const value: unknown = ask(question, () => score.call(own, state, pod, node));
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw problem(question, `the score is ${shown(value)}; accepted are numbers`);
  };
  // There is always a last word on the scores, so that one out of range is found with its Node.
  parts.normalizeScore = (state, pod, nodes, scores) => {
    ask(q('NormalizeScore', pod), () => normalizeScore?.call(own, state, pod, nodes, scores));
    checkScores((i) => q('Score', pod, nodes[i]), scores);
  };
  return parts;
}

function guardedQueueing(own: AnyPlugin): Partial<AnyPlugin> {
  const parts: { -readonly [K in keyof AnyPlugin]?: AnyPlugin[K] } = {};
  const { preEnqueue, compare } = own;
  if (preEnqueue !== undefined) {
    parts.preEnqueue = (pod) => {
      const question = { plugin: own.name, point: 'PreEnqueue', pod: podKey(pod), node: '' };
      return verdict(
        question,
        ask(question, () => preEnqueue.call(own, pod)),
      );
    };
  }
  if (compare !== undefined) {
    parts.compare = (a, b) => {
      const question = { plugin: own.name, point: 'QueueSort', pod: podKey(a.pod), node: '' };
      const order: unknown = ask(question, () => compare.call(own, a, b));
      if (typeof order === 'number' && !Number.isNaN(order)) return order;
      throw problem(question, `it answered ${shown(order)}; accepted are numbers`);
    };
  }
  return parts;
}

function checkPermit(question: Question, answer: unknown): void {
  if (answer !== undefined && (typeof answer !== 'object' || answer === null)) {
    throw problem(question, `it answered ${shown(answer)}; accepted are undefined and { status, timeoutMicros }`);
  }
  verdict(question, (answer as { status?: Verdict } | undefined)?.status);
}

/** The methods after the decision; a verdict comes back, or later through `done`. */
function guardedBinding(own: AnyPlugin): Partial<AnyPlugin> {
  const parts: Partial<AnyPlugin> = {};
  for (const [name, point] of AFTER_DECISION) {
    const method = own[name] as LateMethod | undefined;
    if (method === undefined) continue;
    const guarded: LateMethod = (state, pod, nodeName, done) => {
      const question = { plugin: own.name, point, pod: podKey(pod.pod), node: nodeName };
      const checkedDone = done && ((status: Verdict) => done(verdict(question, status)));
      const answer = ask(question, () => method.call(own, state, pod, nodeName, checkedDone));
      if (name === 'permit') checkPermit(question, answer);
      else if (ANSWERING.has(name)) verdict(question, answer as Verdict);
      // Permit without a word lets the Pod go on, as a verdict of undefined does elsewhere.
      return name === 'permit' ? (answer ?? {}) : answer;
    };
    Object.assign(parts, { [name]: guarded });
  }
  return parts;
}

/** The same plugin, guarded. @throws PluginError when it takes part in no extension point */
export function guardPlugin(own: AnyPlugin): AnyPlugin {
  const question = { plugin: own.name, point: 'making it', pod: '', node: '' };
  if (typeof own !== 'object' || !EXTENSION_POINTS.some((point) => takesPartIn(own, point))) {
    throw problem(
      question,
      `it takes part in no extension point; accepted are methods for ${EXTENSION_POINTS.join(', ')}`,
    );
  }
  return {
    name: own.name,
    ...(own.dependsOn === undefined ? {} : { dependsOn: own.dependsOn }),
    ...guardedQueueing(own),
    ...guardedFiltering(own),
    ...guardedScoring(own),
    ...guardedBinding(own),
  };
}
