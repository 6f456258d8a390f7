/** Tests that Events go an hour after they were last written, a minute later at most, and those of one lease together in order. */
import { expect, test } from 'vitest';
import { Simulation } from '../../engine/index.ts';
import type { KubeObject } from '../objects/meta.ts';
import { EventExpiry } from './event-expiry.ts';

const SECOND = 1_000_000;

/** Writes and deletions, at seconds; what has expired when, by name and version. */
function expired(steps: readonly (readonly [second: number, name: string, version: string | undefined])[]): string[] {
  const sim = new Simulation({ seed: 'expiry' });
  const gone: string[] = [];
  const expiry = new EventExpiry(sim, 3600, ({ metadata: { name, resourceVersion } }) => {
    gone.push(`${name} ${resourceVersion} at ${sim.nowMicros / SECOND}`);
    expiry.deleted(name);
  });
  for (const [second, name, resourceVersion] of steps) {
    sim.runUntil({ timeMicros: second * SECOND });
    const event: KubeObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, resourceVersion: `${resourceVersion}` },
    };
    if (resourceVersion === undefined) expiry.deleted(name);
    else expiry.written(name, event);
  }
  sim.runUntil({ timeMicros: 20_000 * SECOND });
  return gone;
}

test('what is written within a minute goes together, in the order in which it came', () => {
  const steps = [
    [0, 'a', '1'],
    [30, 'b', '2'],
    [40, 'a', '3'],
    [61, 'c', '4'],
  ] as const;
  expect(expired(steps)).toEqual(['a 3 at 3660', 'b 2 at 3660', 'c 4 at 3721']);
});

test('the hour of an Event that is written again begins anew', () => {
  expect(
    expired([
      [0, 'a', '1'],
      [0, 'b', '1'],
      [100, 'a', '2'],
    ]),
  ).toEqual(['b 1 at 3660', 'a 2 at 3760']);
});

test('an Event that has been deleted does not expire, one of the same name does', () => {
  expect(
    expired([
      [0, 'a', '1'],
      [0, 'b', '1'],
      [10, 'a', undefined],
      [20, 'a', '2'],
    ]),
  ).toEqual(['b 1 at 3660', 'a 2 at 3660']);
});
