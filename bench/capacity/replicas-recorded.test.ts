/**
 * How many more of a Pod fit, against what kube-scheduler v1.34.1 did in its recordings. A recorded sequence has stretches in which equal Pods
 * came one after the other until one was unschedulable: from the state before such a stretch, a plan has to find as many. A recorded
 * case says whether one more fits at all. Needs ../shared for all of it; the selection in the repository otherwise.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';
import { readRecording } from '../conformance/recording-file.ts';
import type { ClusterLine, DecisionHeader } from '../conformance/scheduler/decision-cluster.ts';
import type { LoadedPlan } from './load-plan.ts';
import { ReplicasQuestion } from './replicas.ts';
import { loadedPlan } from './testing/loaded-plan.ts';

const shared = join(process.env.CLOCKWORK_SHARED ?? '../shared', 'conformance/scheduler');
const own = join(import.meta.dirname, '../conformance/recordings/scheduler');
const folder = existsSync(shared) ? shared : own;
const filesOf = (pattern: RegExp): string[] => readdirSync(folder).filter((name) => pattern.test(name));

interface Line {
  readonly op?: string;
  readonly t?: number;
  readonly name?: string;
  readonly node?: Node | string;
  readonly victims?: readonly string[];
  readonly fitError?: string;
  readonly message?: string;
  readonly cluster?: string;
  readonly case?: string;
  readonly pod?: Pod;
  readonly best?: readonly string[];
  readonly error?: string;
}

/** A plan over a recorded cluster, with the recorded configuration. */
function planOver(
  header: DecisionHeader,
  line: ClusterLine,
  [nodes, pods]: readonly [readonly Node[], readonly Pod[]],
  template: Pod,
  most: number,
): LoadedPlan {
  const { namespaces = [], services = [], replicaSets = [], statefulSets = [] } = line;
  const surroundings = { namespaces, services, replicaSets, statefulSets };
  const plan = { find: 'replicas', nodes: { manifests: ['x'] }, template: 'x', most };
  return loadedPlan({ plan, nodes, pods, template, policy: { configuration: header.schedulerConfig, surroundings } });
}

interface Stretch {
  readonly at: string;
  readonly fit: number;
  readonly nodes: readonly Node[];
  readonly bound: readonly Pod[];
  readonly template: Pod;
}

/** Every stretch of equal Pods that ends with one that is unschedulable, with the state before its first. */
function stretchesOf(line: ClusterLine, steps: readonly Line[]): Stretch[] {
  const nodes = [...line.nodes];
  const placed = new Map<string, Pod>();
  const stretches: Stretch[] = [];
  let begun: (Stretch & { readonly t: number | undefined }) | undefined;
  for (const step of steps) {
    const template = line.templates?.[step.t ?? -1];
    if (step.op !== 'schedule' || step.t !== begun?.t) begun = undefined;
    if (step.op === 'schedule' && template !== undefined) {
      begun ??= { t: step.t, at: step.name ?? '', fit: 0, nodes: [...nodes], bound: [...placed.values()], template };
      if (step.fitError === undefined && step.message === undefined) begun = { ...begun, fit: begun.fit + 1 };
      else {
        stretches.push(begun);
        begun = undefined;
      }
    }
    if (step.op === 'addNode') nodes.push(step.node as Node);
    else if (step.op === 'delete') placed.delete(step.name ?? '');
    for (const victim of step.victims ?? []) placed.delete(victim);
    // What a retry after preemption places is the Pod of the step before, of which the template is not named again.
    if (typeof step.node === 'string' && step.op !== 'addNode') {
      const pod = template ?? retried(line, steps, step);
      placed.set(step.name ?? '', {
        ...pod,
        metadata: { ...pod.metadata, name: step.name ?? '' },
        spec: { ...pod.spec, nodeName: step.node },
      });
    }
  }
  return stretches;
}

function retried(line: ClusterLine, steps: readonly Line[], step: Line): Pod {
  const before = steps[steps.indexOf(step) - 1]?.t ?? -1;
  return line.templates?.[before] as Pod;
}

/** Of the many stretches in which none fits, each so many-th is asked. */
const EVERY_EMPTY = 8;

describe('stretches of equal Pods in recorded sequences', () => {
  test.each(filesOf(/^j-.*\.jsonl\.gz$/))('%s: as many fit as the scheduler placed', (file) => {
    const [header, line, ...steps] = readRecording(join(folder, file)) as [DecisionHeader, ClusterLine, ...Line[]];
    const stretches = stretchesOf(line, steps).filter(({ fit }, i) => fit > 0 || i % EVERY_EMPTY === 0);
    const differences = stretches.flatMap(({ at, fit, nodes, bound, template }) => {
      const { count } = new ReplicasQuestion(planOver(header, line, [nodes, bound], template, fit + 5)).answer();
      return count === fit ? [] : [`${at}: ${count}, recorded ${fit}`];
    });
    expect(differences).toEqual([]);
  });

  test.skipIf(folder === own)('there are long ones among them (skipped: ../shared is not there)', () => {
    const longest = filesOf(/^j-.*\.jsonl\.gz$/).map((file) => {
      const [, line, ...steps] = readRecording(join(folder, file)) as [DecisionHeader, ClusterLine, ...Line[]];
      return Math.max(0, ...stretchesOf(line, steps).map(({ fit }) => fit));
    });
    expect(longest.filter((fit) => fit > 1).length).toBeGreaterThan(3);
    expect(Math.max(...longest)).toBe(34);
  });
});

/** Of the recorded cases, each so many-th is asked where all of them are there. */
const EVERY_CASE = folder === own ? 1 : 4;

describe('recorded cases', () => {
  test.each(filesOf(/^[a-h]-.*\.jsonl\.gz$/))('%s: one more fits if and only if the scheduler found a Node', (file) => {
    const [header, ...rest] = readRecording(join(folder, file)) as [DecisionHeader, ...(Line & ClusterLine)[]];
    const differences: string[] = [];
    let [cluster, asked]: [ClusterLine | undefined, number] = [undefined, 0];
    for (const [i, line] of rest.entries()) {
      if (line.nodes !== undefined) cluster = line;
      const { pod, error } = line;
      if (pod === undefined || cluster === undefined || error !== undefined || i % EVERY_CASE !== 0) continue;
      // A Pod that names its Node is no Pod to schedule.
      if (pod.spec.nodeName !== undefined || cluster.nodes.length === 0) continue;
      const question = new ReplicasQuestion(planOver(header, cluster, [cluster.nodes, cluster.pods ?? []], pod, 1));
      const { count } = question.answer();
      asked++;
      const recorded = line.best === undefined || line.best.length === 0 ? 0 : 1;
      if (count !== recorded) differences.push(`${line.case}: ${count}, recorded ${recorded}`);
    }
    expect(differences).toEqual([]);
    expect(asked).toBeGreaterThan(0);
  });
});
