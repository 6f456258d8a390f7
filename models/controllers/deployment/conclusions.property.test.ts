/** A Deployment that has been given the status that follows from its one ReplicaSet is not written again, which is what `Conclusions` rests on. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Condition } from '../../objects/meta.ts';
import { formatTimestamp } from '../../objects/timestamp.ts';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../objects/workloads.ts';
import { Conclusions } from './conclusions.ts';
import { rolloutStatus, sameStatus } from './deployment-status.ts';

const count = fc.nat({ max: 4 });
const START = 1_700_000_000;

const progressing = fc.constantFrom(
  undefined,
  'FoundNewReplicaSet',
  'ReplicaSetUpdated',
  'NewReplicaSetAvailable',
  'ProgressDeadlineExceeded',
);

const seed = fc.record({
  desired: fc.integer({ min: 1, max: 4 }),
  deadline: fc.constantFrom(undefined, 10, 600, 2147483647),
  before: fc.option(
    fc.record({ replicas: count, updatedReplicas: count, readyReplicas: count, availableReplicas: count }),
  ),
  collisionCount: fc.constantFrom(undefined, 0, 2),
  progressing,
  isAvailable: fc.option(fc.boolean()),
  hasFailed: fc.boolean(),
  set: fc.record({ replicas: count, readyReplicas: count, availableReplicas: count }),
  failure: fc.constantFrom(undefined, 'with a time', 'without one'),
  laterSeconds: fc.constantFrom(0, 1, 5, 11, 700),
});
type Run = typeof seed extends fc.Arbitrary<infer T> ? T : never;

function condition(type: string, isTrue: boolean, reason: string, time?: string): Condition {
  const status = isTrue ? 'True' : 'False';
  return time === undefined
    ? { type, status, reason, message: '' }
    : { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message: '' };
}

function deploymentOf(run: Run): Deployment {
  const time = formatTimestamp(START);
  const conditions: Condition[] = [];
  if (run.isAvailable !== null) {
    const reason = run.isAvailable ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable';
    conditions.push(condition('Available', run.isAvailable, reason, time));
  }
  const isLate = run.progressing === 'ProgressDeadlineExceeded';
  if (run.progressing !== undefined) conditions.push(condition('Progressing', !isLate, run.progressing, time));
  if (run.hasFailed) conditions.push(condition('ReplicaFailure', true, 'FailedCreate', time));
  const { collisionCount } = run;
  const status: DeploymentStatus = {
    ...run.before,
    conditions,
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'ns', uid: 'uid', generation: 2 },
    spec: {
      replicas: run.desired,
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c' }] } },
      ...(run.deadline === undefined ? {} : { progressDeadlineSeconds: run.deadline }),
    },
    ...(run.before === null && conditions.length === 0 ? {} : { status }),
  };
}

function setOf({ desired, set, failure }: Run, { spec }: Deployment): ReplicaSet {
  const time = failure === 'with a time' ? formatTimestamp(START) : undefined;
  const conditions = failure === undefined ? [] : [condition('ReplicaFailure', true, 'FailedDelete', time)];
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web-1', namespace: 'ns', uid: 'set' },
    spec: { replicas: desired, selector: spec.selector, template: spec.template },
    status: { ...set, conditions },
  };
}

it('has nothing to write again as long as its conclusion holds', () => {
  const counts = { held: 0, timedOut: 0 };
  fc.assert(
    fc.property(seed, (run) => {
      const deployment = deploymentOf(run);
      const set = setOf(run, deployment);
      const status = rolloutStatus(deployment, [set], set, formatTimestamp(START + 1), START + 1);
      const conclusions = new Conclusions();
      conclusions.note('ns/web', deployment, set, status);
      const written = { ...deployment, status };
      const later = START + 1 + run.laterSeconds;
      const again = rolloutStatus(written, [set], set, formatTimestamp(later), later);
      const holds = conclusions.holds('ns/web', written, set, later);
      counts[holds ? 'held' : 'timedOut']++;
      if (holds) expect(sameStatus(status, again)).toBe(true);
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(counts.held, counts.timedOut)).toBeGreaterThan(50);
});

it('holds for the same parts alone', () => {
  const run: Run = {
    desired: 2,
    deadline: 600,
    before: { replicas: 2, updatedReplicas: 2, readyReplicas: 1, availableReplicas: 1 },
    collisionCount: undefined,
    progressing: 'ReplicaSetUpdated',
    isAvailable: true,
    hasFailed: false,
    set: { replicas: 2, readyReplicas: 2, availableReplicas: 2 },
    failure: undefined,
    laterSeconds: 0,
  };
  const deployment = deploymentOf(run);
  const set = setOf(run, deployment);
  const status = rolloutStatus(deployment, [set], set, formatTimestamp(START), START);
  const conclusions = new Conclusions();
  conclusions.note('ns/web', deployment, set, status);
  const written = { ...deployment, status };
  const holds = (other: Deployment, otherSet = set): boolean => conclusions.holds('ns/web', other, otherSet, START);
  expect(holds(written)).toBe(true);
  expect(holds(deployment)).toBe(false);
  expect(holds(written, { ...set })).toBe(false);
  expect(holds({ ...written, spec: { ...written.spec, replicas: 3 } })).toBe(false);
  const { metadata } = written;
  expect(holds({ ...written, metadata: { ...metadata, uid: 'another' } })).toBe(false);
  expect(holds({ ...written, metadata: { ...metadata, generation: 3 } })).toBe(false);
  expect(holds({ ...written, metadata: { ...metadata, annotations: {} } })).toBe(false);
  expect(holds({ ...written, metadata: { ...metadata, deletionTimestamp: formatTimestamp(START) } })).toBe(false);
  conclusions.forget('ns/web');
  expect(holds(written)).toBe(false);
});
