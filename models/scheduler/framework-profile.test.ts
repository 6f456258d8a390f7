/** The extension points around the decision, with plugins that note when they are called. */
import { expect, test } from 'vitest';
import type { Pod } from '../objects/pod.ts';
import { CycleState } from './framework/cycle-state.ts';
import type { PreBindPlugin, ReservePlugin } from './framework/plugin.ts';
import { PodClasses } from './framework/pod-class.ts';
import { podInfo } from './framework/pod-info.ts';
import { errorStatus, skip, unschedulable, type Verdict } from './framework/status.ts';
import { type FrameworkPlugins, FrameworkProfile } from './framework-profile.ts';

const POD: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'ns' }, spec: { containers: [] } };
const STATE = new CycleState();

function profile(plugins: Partial<FrameworkPlugins>): FrameworkProfile {
  const classes = new PodClasses();
  return new FrameworkProfile({
    schedulerName: 'default-scheduler',
    events: [],
    preEnqueue: [],
    reserve: [],
    permit: [],
    preBind: [],
    bind: [],
    bindsByDefault: true,
    postBind: [],
    decide: () => ({ result: 'error', message: 'not asked', evaluated: 0 }),
    infoOf: (pod) => podInfo(pod, classes),
    ...plugins,
  });
}

function reserver(name: string, notes: string[], verdict?: Verdict): ReservePlugin {
  return {
    name,
    reserve: () => {
      notes.push(`reserve ${name}`);
      return verdict;
    },
    unreserve: () => notes.push(`unreserve ${name}`),
  };
}

test('the first refusal ends Reserve; Unreserve runs backwards over all', () => {
  const notes: string[] = [];
  const reserve = [reserver('a', notes), reserver('b', notes, unschedulable('b', 'taken')), reserver('c', notes)];
  const own = profile({ reserve });
  expect(own.reserve(STATE, POD, 'n')).toEqual({ plugin: 'b', isRejection: true, message: 'taken' });
  own.unreserve(STATE, POD, 'n');
  expect(notes).toEqual(['reserve a', 'reserve b', 'unreserve c', 'unreserve b', 'unreserve a']);
});

test('an error at Reserve says where it came from', () => {
  const own = profile({ reserve: [reserver('a', [], errorStatus('a', 'broken'))] });
  expect(own.reserve(STATE, POD, 'n')).toEqual({
    plugin: 'a',
    isRejection: false,
    message: 'running Reserve plugin "a": broken',
  });
});

test('PreBind runs one plugin after the other and leaves out those with nothing to do', () => {
  const notes: string[] = [];
  const waiting: (() => void)[] = [];
  const plugin = (name: string, idle: boolean): PreBindPlugin => ({
    name,
    preBindPreFlight: () => (idle ? skip(name) : undefined),
    preBind: (_state, _pod, _node, done) => {
      notes.push(name);
      waiting.push(() => done(undefined));
    },
  });
  const own = profile({ preBind: [plugin('a', false), plugin('b', true), plugin('c', false)] });
  expect(own.preBind(STATE, POD, 'n', () => notes.push('done'))).toBe(true);
  expect(notes).toEqual(['a']);
  waiting.shift()?.();
  expect(notes).toEqual(['a', 'c']);
  waiting.shift()?.();
  expect(notes).toEqual(['a', 'c', 'done']);
  expect(profile({ preBind: [plugin('b', true)] }).preBind(STATE, POD, 'n', () => {})).toBe(false);
});

test('Permit collects who waits, for fifteen minutes at most', () => {
  const permit = [
    { name: 'a', permit: () => ({ status: { code: 'Wait', plugin: 'a', reasons: [] }, timeoutMicros: 5e9 }) as const },
    { name: 'b', permit: () => ({ status: undefined }) },
  ];
  expect(profile({ permit }).permit(STATE, POD, 'n')).toEqual([{ plugin: 'a', timeoutMicros: 900_000_000 }]);
});

test('a Bind plugin that skips leaves the Pod to the next, and at last to the component', () => {
  const skips = { name: 'a', bind: () => skip('a') };
  expect(profile({ bind: [skips] }).bind(STATE, POD, 'n', () => {})).toBe(false);
  const lost: (string | undefined)[] = [];
  const alone = profile({ bind: [skips], bindsByDefault: false });
  expect([alone.bind(STATE, POD, 'n', (problem) => lost.push(problem)), lost.length]).toEqual([true, 1]);
  const fails = { name: 'b', bind: () => errorStatus('b', 'no') };
  const problems: (string | undefined)[] = [];
  expect(profile({ bind: [skips, fails] }).bind(STATE, POD, 'n', (problem) => problems.push(problem))).toBe(true);
  expect(problems).toEqual(['running Bind plugin "b": no']);
});

test('what a plugin throws names plugin, Pod and Node', () => {
  const thrower = {
    name: 'mine',
    postBind: () => {
      throw new Error('oops');
    },
  };
  expect(() => profile({ postBind: [thrower] }).postBind(STATE, POD, 'n7')).toThrow(
    'plugin mine, PostBind for Pod ns/p on Node n7: it threw: oops',
  );
});
