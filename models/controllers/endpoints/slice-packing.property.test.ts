/** Whatever comes and goes: each endpoint is in exactly one slice, no slice is too full, and nothing is written in vain. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Endpoint, EndpointSlice } from '../../objects/service.ts';
import { type EndpointGroup, endpointKey, planSlices, portsKey } from './slice-packing.ts';

function endpoint(id: number, ready: boolean): Endpoint {
  return {
    addresses: [`10.0.0.${id}`],
    conditions: { ready, serving: ready, terminating: false },
    targetRef: { kind: 'Pod', namespace: 'ns', name: `pod-${id}`, uid: `uid-${id}` },
  };
}

/** Endpoint ids by port: which of them are wanted, and whether they are ready. */
const step = fc.array(fc.tuple(fc.nat({ max: 60 }), fc.boolean(), fc.constantFrom(80, 443)), { maxLength: 60 });

function groupsOf(wanted: readonly (readonly [number, boolean, number])[]): Map<string, EndpointGroup> {
  const groups = new Map<string, { ports: EndpointGroup['ports']; endpoints: Map<string, Endpoint> }>();
  for (const [id, ready, port] of new Map(wanted.map((entry) => [entry[0], entry])).values()) {
    const ports = [{ name: 'p', port, protocol: 'TCP' }];
    const group = groups.get(portsKey(ports)) ?? { ports, endpoints: new Map() };
    groups.set(portsKey(ports), group);
    const made = endpoint(id, ready);
    group.endpoints.set(endpointKey(made), made);
  }
  return groups;
}

it('packs every endpoint once, in slices of its ports that are not too full, and then writes nothing more', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 12 }), (steps, max) => {
      let slices = new Map<string, EndpointSlice>();
      let made = 0;
      for (const wanted of steps) {
        const groups = groupsOf(wanted);
        const plan = planSlices([...slices.values()], groups, max);
        const next = new Map(slices);
        for (const fresh of plan.create) {
          const metadata = { name: `slice-${made++}` };
          const kind = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' } as const;
          next.set(metadata.name, { ...kind, metadata, ...fresh });
        }
        for (const slice of plan.update) next.set(slice.metadata.name, slice);
        for (const slice of plan.delete) next.delete(slice.metadata.name);
        slices = next;
        const held = [...slices.values()].flatMap((slice) =>
          (slice.endpoints ?? []).map((e) => `${portsKey(slice.ports)} ${endpointKey(e)} ${e.conditions?.ready}`),
        );
        const expected = [...groups].flatMap(([key, group]) =>
          [...group.endpoints].map(([name, e]) => `${key} ${name} ${e.conditions?.ready}`),
        );
        expect(held.sort()).toEqual(expected.sort());
        expect(slices.size).toBeGreaterThan(0);
        for (const slice of slices.values()) expect(slice.endpoints?.length ?? 0).toBeLessThanOrEqual(max);
        expect(planSlices([...slices.values()], groups, max)).toEqual({ create: [], update: [], delete: [] });
      }
    }),
    { numRuns: 150 },
  );
});
