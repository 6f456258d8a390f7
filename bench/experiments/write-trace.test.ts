/** Tests of the trace: a Pod's life on its Node, what was never placed, counters, and which run is shown. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeTrace } from './write-trace.ts';

interface Event {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly name: string;
  readonly args: Record<string, unknown>;
}

function events(policies: string[], run?: number): Event[] {
  const folder = mkdtempSync(join(tmpdir(), 'clockwork-trace-'));
  const results = policies.flatMap((policy) =>
    [0, 1].map((number) => ({ policy, run: number, factors: {}, virtualMicros: 900 })),
  );
  writeFileSync(join(folder, 'summary.json'), JSON.stringify({ results, policies, cases: [{ factors: {} }] }));
  const pods = policies.flatMap((policy) => [
    `${policy},0,default/a,node-1,Running,100,250,400,700,2,`,
    `${policy},0,default/b,,Pending,200,,,,3,"0/1 nodes, full"`,
    `${policy},1,default/c,node-1,Running,10,20,30,,1,`,
  ]);
  const columns = 'policy,run,pod,node,phase,createdMicros,scheduledMicros,runningMicros,deletedMicros,attempts,reason';
  writeFileSync(join(folder, 'pods.csv'), `${[columns, ...pods].join('\n')}\n`);
  const series = policies.flatMap((policy) => [`${policy},0,0,2,1,0,1,0,0.25,0.5`, `${policy},1,0,7,7,0,0,0,0.5,0`]);
  const gauges = 'pending,queueActive,queueBackoff,queueUnschedulable,queueGated,cpuUtilisation,utilisation[a/gpu]';
  writeFileSync(join(folder, 'timeseries.csv'), `${[`policy,run,timeMicros,${gauges}`, ...series].join('\n')}\n`);
  return (JSON.parse(readFileSync(writeTrace(folder, run), 'utf8')) as { traceEvents: Event[] }).traceEvents;
}

const processOf = (all: Event[], event: Event | undefined): unknown =>
  all.find(({ ph, pid, name }) => ph === 'M' && name === 'process_name' && pid === event?.pid)?.args.name;

test('a Pod is a slice on its Node from creation to deletion, with the parts of its life inside', () => {
  const all = events(['spread']);
  const slices = all.filter(({ ph }) => ph === 'X');
  const pod = slices.find(({ name }) => name === 'default/a') as Event;
  expect(pod).toMatchObject({ ts: 100, dur: 600, args: { node: 'node-1', attempts: 2 } });
  expect(processOf(all, pod)).toBe('kubelets');
  const inside = slices.filter(({ pid, tid, name }) => pid === pod.pid && tid === pod.tid && name !== pod.name);
  expect(inside.map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
    ['waiting', 100, 150],
    ['starting', 250, 150],
    ['running', 400, 300],
  ]);
  expect(all.find(({ ph }) => ph === 'i')).toMatchObject({ ts: 250, name: 'default/a', args: { node: 'node-1' } });
});

test('a Pod that was never placed waits at the scheduler until the end', () => {
  const all = events(['spread']);
  const pod = all.find(({ name }) => name === 'default/b') as Event;
  expect(pod).toMatchObject({ ts: 200, dur: 700, args: { reason: '0/1 nodes, full' } });
  expect(processOf(all, pod)).toBe('kube-scheduler');
});

test('gauges are counters of their component', () => {
  const all = events(['spread']);
  const counters = all.filter(({ ph }) => ph === 'C');
  expect(counters.map((one) => [processOf(all, one), one.name, one.args])).toEqual([
    ['kube-scheduler', 'Pods without a Node', { pods: 2 }],
    ['kube-scheduler', 'Pods in the queues', { active: 1, backoff: 0, unschedulable: 1, gated: 0 }],
    ['cluster', 'cpu utilisation', { share: 0.25 }],
    ['cluster', 'a/gpu utilisation', { share: 0.5 }],
  ]);
});

test('policies stand side by side, and another run can be asked for', () => {
  const all = events(['spread', 'pack'], 1);
  const pods = all.filter(({ name }) => name.startsWith('default/') && name !== 'default/c');
  expect(pods).toEqual([]);
  const shown = all.filter(({ name, ph }) => ph === 'X' && name === 'default/c');
  expect(shown.map((one) => processOf(all, one))).toEqual(['spread · kubelets', 'pack · kubelets']);
  expect(() => events(['spread'], 5)).toThrow('has no finished run 5 to trace');
});

describe('the format', () => {
  /** Fields that the Trace Event Format asks of each phase, and their types. */
  const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    M: { pid: 'number', name: 'string', args: 'object' },
    X: { cat: 'string', pid: 'number', tid: 'number', ts: 'number', dur: 'number', name: 'string' },
    i: { cat: 'string', pid: 'number', tid: 'number', ts: 'number', s: 'string', name: 'string' },
    C: { pid: 'number', ts: 'number', name: 'string', args: 'object' },
  };
  const all = events(['spread', 'pack']);

  test('each event is of a phase that is used here, with the fields of that phase, and times are whole microseconds from 0', () => {
    for (const event of all) {
      const fields = FIELDS[event.ph];
      expect(fields, event.ph).toBeDefined();
      for (const [name, type] of Object.entries(fields ?? {})) {
        expect([event.ph, name, typeof event[name as keyof Event]]).toEqual([event.ph, name, type]);
      }
      for (const time of [event.ts ?? 0, event.dur ?? 0]) expect(Number.isSafeInteger(time) && time >= 0).toBe(true);
    }
  });

  test('processes and tracks are named once, before anything is on them', () => {
    const named = new Set<string>();
    for (const { ph, pid, tid = 0, name } of all) {
      const process = `process ${pid}`;
      const track = `track ${pid}/${tid}`;
      if (ph !== 'M') {
        expect(named).toContain(process);
        if (tid !== 0) expect(named).toContain(track);
      } else if (name === 'process_name' || name === 'thread_name') {
        const subject = name === 'process_name' ? process : track;
        expect(named).not.toContain(subject);
        named.add(subject);
      }
    }
  });

  test('on each track times do not go back, and parts lie within their slice', () => {
    const slices = all.filter(({ ph }) => ph === 'X');
    const tracks = new Set(slices.map(({ pid, tid }) => `${pid}/${tid}`));
    for (const track of tracks) {
      const onTrack = slices.filter(({ pid, tid }) => `${pid}/${tid}` === track);
      expect(onTrack.map(({ ts }) => ts)).toEqual(onTrack.map(({ ts }) => ts).toSorted((a, b) => a - b));
      const [whole, ...parts] = onTrack as [Event, ...Event[]];
      for (const part of parts) expect(part.ts >= whole.ts && part.ts + part.dur <= whole.ts + whole.dur).toBe(true);
    }
  });
});
