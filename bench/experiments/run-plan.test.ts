/** Tests of the plan of a study: which runs there are, in which order, and what a case changes. */
import { describe, expect, test } from 'vitest';
import { casesOf, experimentOfCase, taskName, tasksOf } from './run-plan.ts';
import { type Experiment, experimentSchema } from './schema.ts';

const experiment = (factors?: Record<string, unknown[]>): Experiment =>
  experimentSchema.parse({
    name: 'plan',
    runs: 2,
    cluster: { nodes: [{ name: 'worker', count: 1, capacity: { cpu: 1 } }] },
    workload: [],
    policies: [{ name: 'spread' }, { name: 'pack' }],
    ...(factors === undefined ? {} : { factors }),
  });

describe('the plan', () => {
  test('has every policy of a run before the next run, so that an interrupted study has compared them', () => {
    expect(tasksOf(experiment(), 2).map(taskName)).toEqual(['spread-0', 'pack-0', 'spread-1', 'pack-1']);
  });

  test('has every combination of factors, the last varying fastest', () => {
    const cases = casesOf(experiment({ 'cluster.nodes[0].count': [1, 2], 'stop.after': ['1m', '2m'] }));
    expect(cases.map(({ factors }) => Object.values(factors))).toEqual([
      [1, '1m'],
      [1, '2m'],
      [2, '1m'],
      [2, '2m'],
    ]);
    expect(tasksOf(experiment({ seed: ['a', 'b'] }), 2).map(taskName)).toContain('case1-pack-1');
  });

  test('a case puts its values in and leaves the factors out', () => {
    const study = experiment({ 'cluster.nodes[0].count': [1, 5] });
    const [, second] = casesOf(study);
    if (second === undefined) throw new Error('no second case');
    const changed = experimentOfCase(study, second);
    expect(changed.cluster.nodes[0]).toMatchObject({ count: 5 });
    expect(changed.factors).toBeUndefined();
  });

  test('a value that does not fit its field is refused', () => {
    const study = experiment({ 'cluster.nodes[0].count': [-1] });
    const [only] = casesOf(study);
    if (only === undefined) throw new Error('no case');
    expect(() => experimentOfCase(study, only)).toThrow(
      'factors {"cluster.nodes[0].count":-1}: cluster.nodes.0.count: a whole number from 0',
    );
  });
});
