/** Replays recorded StatefulSet names and states of zones. */
import type { ConditionStatus, IntOrString } from '../../../models/objects/meta.ts';
import { ZoneDisruption, zoneHealth } from '../../../models/controllers/node/zone-state.ts';
import {
  ordinalRange,
  parentAndOrdinal,
  statefulClaimName,
  statefulMaxUnavailable,
  statefulPodName,
} from '../../../models/controllers/stateful-names.ts';
import { primitiveReplayer } from './primitive-replayer.ts';

interface StatefulSetInput {
  readonly op: string;
  readonly pod?: string;
  readonly name?: string;
  readonly claim?: string;
  readonly ordinal?: number;
  readonly replicas?: number;
  readonly start?: number;
  readonly value?: IntOrString;
}

function names(input: StatefulSetInput) {
  const { name = '', claim = '', ordinal = 0, replicas = 0, start = 0 } = input;
  const range = ordinalRange(start, replicas);
  return {
    pod: statefulPodName(name, ordinal),
    claim: statefulClaimName(claim, name, ordinal),
    startOrdinal: range.start,
    endOrdinal: range.end,
    inRange: ordinal >= range.start && ordinal <= range.end,
  };
}

export const statefulSetReplayer = primitiveReplayer<StatefulSetInput>(
  'statefulset',
  'StatefulSet names',
  (input, recorded) => {
    if (input.op === 'parentAndOrdinal') return { expected: recorded, found: parentAndOrdinal(input.pod ?? '') };
    if (input.op === 'names') return { expected: recorded, found: names(input) };
    return { expected: recorded, found: statefulMaxUnavailable(input.value, input.replicas ?? 0) };
  },
);

interface ZonesInput {
  readonly op: string;
  readonly ready?: readonly string[];
  readonly unhealthyZoneThreshold: number;
  readonly largeClusterThreshold?: number;
  readonly qps?: number;
  readonly secondaryQps?: number;
  readonly steps?: readonly Readonly<Record<string, string>>[];
}

const LETTERS: Readonly<Record<string, ConditionStatus>> = { T: 'True', F: 'False', U: 'Unknown' };

function disruption(input: ZonesInput) {
  const zones = new ZoneDisruption({
    evictionRate: input.qps ?? 0,
    secondaryEvictionRate: input.secondaryQps ?? 0,
    unhealthyZoneThreshold: input.unhealthyZoneThreshold,
    largeClusterThreshold: input.largeClusterThreshold ?? 0,
  });
  return (input.steps ?? []).map((step) => {
    const ready = new Map(Object.entries(step).map(([zone, text]) => [zone, [...text].map((c) => LETTERS[c])]));
    const result: Record<string, unknown> = {};
    for (const [zone, { state, rate }] of zones.update(ready)) {
      result[zone] = { state, limiterQPS: rate === 0 ? 'never' : rate };
    }
    return result;
  });
}

export const nodeZonesReplayer = primitiveReplayer<ZonesInput>('nodezones', 'zone states', (input, recorded) => {
  if (input.op === 'handleDisruption') return { expected: recorded, found: disruption(input) };
  const ready = (input.ready ?? []).map((text) => (text === 'nil' ? undefined : (text as ConditionStatus)));
  return { expected: recorded, found: zoneHealth(ready, input.unhealthyZoneThreshold) };
});
