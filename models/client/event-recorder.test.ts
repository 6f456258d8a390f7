/** The recorder of Events against client-go's correlation: counts, combining, spam, retries. */
import { describe, expect, test } from 'vitest';
import { Simulation } from '../../engine/index.ts';
import { ClusterClock } from '../cluster-clock.ts';
import type { KubeEvent } from '../objects/cluster-objects.ts';
import type { KubeObject } from '../objects/meta.ts';
import { EventRecorder } from './event-recorder.ts';
import { accepted, refusal, ScriptedClient } from './testing/scripted-client.ts';

const POD: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'uid-1', resourceVersion: '5' },
};

function recorder(events: 'stored' | 'off' = 'stored') {
  const sim = new Simulation({ seed: 'events' });
  const client = new ScriptedClient();
  const clock = new ClusterClock(sim);
  return { sim, client, recorder: new EventRecorder({ sim, client, clock, component: 'test-controller', events }) };
}

/** Answers requests as a server would until none is left; returns the verbs with what they would store. */
function serve(client: ScriptedClient): { verb: string; event: KubeEvent }[] {
  const served: { verb: string; event: KubeEvent }[] = [];
  const stored = new Map<string, KubeEvent>();
  for (;;) {
    const request = client.requests[0];
    if (request === undefined) return served;
    const event =
      request.verb === 'create'
        ? (request.body as KubeEvent)
        : (request.body as (old: KubeEvent) => KubeEvent)(stored.get(request.name) as KubeEvent);
    stored.set(request.name, event);
    served.push({ verb: request.verb, event });
    client.answer(accepted(event));
  }
}

describe('an event recorder', () => {
  test('makes an Event that names its object, its source and its time', () => {
    const { client, recorder: events } = recorder();
    events.event(POD, 'Normal', 'Scheduled', 'Successfully assigned shop/web to node-1');
    const event = client.requests[0]?.body as KubeEvent;
    expect(event).toMatchObject({
      metadata: { namespace: 'shop' },
      involvedObject: {
        kind: 'Pod',
        namespace: 'shop',
        name: 'web',
        uid: 'uid-1',
        apiVersion: 'v1',
        resourceVersion: '5',
      },
      source: { component: 'test-controller' },
      count: 1,
      firstTimestamp: '2030-01-01T00:00:00Z',
      reportingComponent: 'test-controller',
    });
    expect(event.metadata.name).toMatch(/^web\.[0-9a-f]{16}$/);
  });

  test('sends one Event after another', () => {
    const { client, recorder: events } = recorder();
    events.event(POD, 'Normal', 'A', 'first');
    events.event(POD, 'Normal', 'B', 'second');
    expect(client.requests).toHaveLength(1);
    expect(serve(client).map(({ event }) => event.message)).toEqual(['first', 'second']);
  });

  test('raises the count of an Event that comes again', () => {
    const { sim, client, recorder: events } = recorder();
    for (let i = 0; i < 3; i++) {
      sim.runUntil({ timeMicros: i * 2_000_000 });
      events.event(POD, 'Warning', 'BackOff', 'Back-off restarting');
    }
    const sent = serve(client);
    expect(sent.map(({ verb, event }) => [verb, event.count])).toEqual([
      ['create', 1],
      ['patch', 2],
      ['patch', 3],
    ]);
    expect(sent[2]?.event).toMatchObject({
      firstTimestamp: '2030-01-01T00:00:00Z',
      lastTimestamp: '2030-01-01T00:00:04Z',
    });
    expect(sent[2]?.event.metadata.name).toBe(sent[0]?.event.metadata.name);
  });

  test('combines similar Events from the tenth on', () => {
    const { client, recorder: events } = recorder();
    for (let i = 0; i < 12; i++) events.event(POD, 'Normal', 'Pulled', `message ${i}`);
    const messages = serve(client).map(({ event }) => event.message);
    expect(messages[8]).toBe('message 8');
    expect(messages[9]).toBe('(combined from similar events): message 9');
    expect(messages[11]).toBe('(combined from similar events): message 11');
  });

  test('drops what an object sends beyond 25, and takes one more after 300 s', () => {
    const { sim, client, recorder: events } = recorder();
    for (let i = 0; i < 30; i++) events.event(POD, 'Normal', `Reason${i}`, 'text');
    expect(serve(client)).toHaveLength(25);
    expect(events.dropped).toBe(5);
    sim.runUntil({ timeMicros: 300_000_000 });
    for (let i = 0; i < 2; i++) events.event(POD, 'Normal', `Later${i}`, 'text');
    expect(serve(client)).toHaveLength(1);
  });

  test('tries again within 10 s when the server fails, and gives up a request that is refused', () => {
    const { sim, client, recorder: events } = recorder();
    events.event(POD, 'Normal', 'A', 'first');
    events.event(POD, 'Normal', 'B', 'second');
    client.answer(refusal(500, 'InternalError'));
    sim.runUntil({ timeMicros: 10_000_000 });
    expect((client.requests[0]!.body as KubeEvent).message).toBe('first');
    client.answer(refusal(403, 'Forbidden'));
    expect((client.requests[0]!.body as KubeEvent).message).toBe('second');
    expect(events.dropped).toBe(1);
  });

  test('makes an Event anew when the one to raise has gone', () => {
    const { client, recorder: events } = recorder();
    for (let i = 0; i < 2; i++) events.event(POD, 'Normal', 'A', 'again');
    client.answer(accepted(client.requests[0]!.body as KubeEvent));
    client.answer(refusal(404, 'NotFound'));
    expect(client.requests[0]?.verb).toBe('create');
    expect((client.requests[0]!.body as KubeEvent).count).toBe(2);
  });

  test('sends nothing when Events are off', () => {
    const { client, recorder: events } = recorder('off');
    events.event(POD, 'Normal', 'A', 'first');
    expect([client.requests.length, events.recorded]).toEqual([0, 1]);
  });
});
