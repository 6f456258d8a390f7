/**
 * The index against a scan: random groups, domains, rules and churn; feasible Nodes, Nodes looked at, best total, ties
 * and the Node taken must be equal at each decision. The scan below counts every Pod anew each time.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RandomStream } from '../../../engine/index.ts';
import { chooseTie } from '../decision/choose-tie.ts';
import { ChangeLog, NODE_CHANGED } from './change-log.ts';
import { Chooser } from './choose.ts';
import { Evaluation } from './evaluation.ts';
import { type EachPodKind, NOT_FILED, Partition } from './partition.ts';
import { type AnyEvaluation, SampledEvaluation } from './sampled-evaluation.ts';
import type { FeatureSpec } from './feature.ts';
import { REFUSED, StaticGroups } from './static-groups.ts';
import { buildOwnTopology, buildTopology, NO_DOMAIN, type Topology } from './topology.ts';
import type { TopologyRules } from './topology-rules.ts';

const POD_KINDS = 4;
const logarithm = (domains: number): number => Math.log(domains + 2);

interface World {
  readonly size: number;
  readonly groupOf: number[];
  readonly local: number[];
  /** False for Nodes that lack a key. */
  readonly mayChange: boolean[];
  readonly pods: { node: number; podKind: number }[];
}

function buildWorld(random: RandomStream, size: number): World {
  const groupOf = Array.from({ length: size }, () => (random.below(8) === 0 ? REFUSED : 1 + random.below(3)));
  const local = Array.from({ length: size }, () => (random.below(6) === 0 ? -1 : random.below(5) * 40));
  return { size, groupOf, local, mayChange: groupOf.map(() => true), pods: [] };
}

function buildSpecs(random: RandomStream, size: number): FeatureSpec[] {
  const spec = (topology: Topology, extra: Partial<FeatureSpec>): FeatureSpec => {
    const contributions = Array.from({ length: POD_KINDS }, () => random.below(2));
    return {
      key: '',
      topology,
      contribution: (podKind) => contributions[podKind] as number,
      isSum: false,
      needed: [],
      eligible: null,
      needsDomains: false,
      needsMinimum: false,
      ...extra,
    };
  };
  const zones = buildTopology('zone', size, (node) => (node % 11 === 0 ? undefined : `z${node % 3}`));
  const racks = buildTopology('rack', size, (node) => `r${node % (2 * Math.ceil(size / 3) + 1)}`);
  const eligible = Uint8Array.from({ length: size }, () => (random.below(5) === 0 ? 0 : 1));
  const signed = Array.from({ length: POD_KINDS }, () => random.below(7) - 3);
  return [
    spec(zones, { eligible, needsMinimum: true }),
    spec(racks, { needsMinimum: true }),
    spec(zones, { needsDomains: true }),
    spec(
      buildOwnTopology('own', size, () => true),
      {},
    ),
    spec(racks, {}),
    spec(zones, {}),
    { ...spec(racks, { isSum: true }), contribution: (podKind) => signed[podKind] as number },
    { ...spec(zones, { isSum: true }), contribution: (podKind) => (signed[podKind] as number) * 2 },
  ];
}

/** Nodes that lack a key of a hard or required rule are refused by their group; of a soft one, ignored: here refused too. */
function refuseWithoutKey(world: World, specs: readonly FeatureSpec[], rules: TopologyRules): void {
  const needed = [...[...rules.hardSpread, ...rules.softSpread].map((spread) => spread.feature), ...rules.required];
  for (let node = 0; node < world.size; node++) {
    if (!needed.some((feature) => specs[feature]?.topology.domainOf[node] === NO_DOMAIN)) continue;
    world.groupOf[node] = REFUSED;
    world.mayChange[node] = false;
  }
}

function pickRules(random: RandomStream): TopologyRules {
  const maybe = <T>(value: T): T[] => (random.below(2) === 0 ? [] : [value]);
  return {
    hardSpread: [
      ...maybe({ feature: 0, maxSkew: 1 + random.below(2), minDomains: random.below(5), selfMatch: random.below(2) }),
      ...maybe({ feature: 1, maxSkew: 1 + random.below(3), minDomains: 1, selfMatch: 1 }),
    ],
    softSpread: [
      ...maybe({ feature: 2, maxSkew: 1 + random.below(4), perNode: false }),
      ...maybe({ feature: 3, maxSkew: 1 + random.below(2), perNode: true }),
    ],
    forbidden: maybe(4),
    required: maybe(5),
    selfMatchesRequired: random.below(2) === 0,
    affinityScore: [...maybe(6), ...maybe(7)],
    groups: {
      taintRaw: [0, 0, random.below(3), 2],
      affinityRaw: [0, random.below(50), 0, 30],
      ignoredBySpread: [0, 0, 0, random.below(2)],
    },
    taintWeight: 3,
    nodeAffinityWeight: 2,
    spreadWeight: 2,
    interPodWeight: 2,
    spreadLogarithm: logarithm,
  };
}

const WITHOUT_DOMAINS: TopologyRules = {
  hardSpread: [],
  softSpread: [],
  forbidden: [],
  required: [],
  selfMatchesRequired: false,
  affinityScore: [],
  groups: { taintRaw: [0, 0], affinityRaw: [0, 0], ignoredBySpread: [0, 0] },
  taintWeight: 3,
  nodeAffinityWeight: 2,
  spreadWeight: 2,
  interPodWeight: 2,
  spreadLogarithm: logarithm,
};

/** The plain way: counts, filters, scores and normalises Node by Node. */
function scan(
  world: World,
  specs: readonly FeatureSpec[],
  rules: TopologyRules,
  wanted: number,
  start: number,
): { nodes: number[]; evaluated: number; totals: Map<number, number> } {
  const count = (feature: number, domain: number): number => {
    const { topology, eligible, contribution } = specs[feature] as FeatureSpec;
    if (domain === NO_DOMAIN) return 0;
    return world.pods.reduce(
      (sum, pod) =>
        sum +
        (topology.domainOf[pod.node] === domain && (eligible === null || eligible[pod.node] === 1)
          ? contribution(pod.podKind)
          : 0),
      0,
    );
  };
  const domainOf = (feature: number, node: number): number => specs[feature]?.topology.domainOf[node] as number;
  const countAt = (feature: number, node: number): number => count(feature, domainOf(feature, node));
  const minimum = (feature: number): { domains: number; least: number } => {
    const { topology, eligible } = specs[feature] as FeatureSpec;
    const domains = new Set<number>();
    for (let node = 0; node < world.size; node++) {
      if (topology.domainOf[node] !== NO_DOMAIN && (eligible === null || eligible[node] === 1))
        domains.add(topology.domainOf[node] as number);
    }
    return {
      domains: domains.size,
      least: Math.min(2 ** 31 - 1, ...[...domains].map((domain) => count(feature, domain))),
    };
  };
  const anyMatch = rules.required.some((feature) =>
    Array.from({ length: specs[feature]?.topology.domains as number }, (_, domain) => count(feature, domain)).some(
      (n) => n > 0,
    ),
  );
  const minima = rules.hardSpread.map((spread) => minimum(spread.feature));
  const fits = (node: number): boolean => {
    if (world.groupOf[node] === REFUSED || world.local[node] === NOT_FILED) return false;
    const spreads = rules.hardSpread.every((spread, i) => {
      const { domains, least } = minima[i] as { domains: number; least: number };
      const floor = domains < spread.minDomains ? 0 : least;
      return countAt(spread.feature, node) + spread.selfMatch - floor <= spread.maxSkew;
    });
    const first = rules.selfMatchesRequired && !anyMatch;
    return (
      spreads &&
      rules.forbidden.every((feature) => countAt(feature, node) === 0) &&
      (first || rules.required.every((feature) => countAt(feature, node) > 0))
    );
  };
  const nodes: number[] = [];
  let evaluated = 0;
  for (; evaluated < world.size; evaluated++) {
    const node = (start + evaluated) % world.size;
    if (!fits(node)) continue;
    if (nodes.length === wanted) break;
    nodes.push(node);
  }
  const totals = new Map<number, number>();
  const group = (node: number): number => world.groupOf[node] as number;
  const taints = Math.max(0, ...nodes.map((node) => rules.groups.taintRaw[group(node)] as number));
  const affinities = Math.max(0, ...nodes.map((node) => rules.groups.affinityRaw[group(node)] as number));
  const spreadNodes = nodes.filter((node) => rules.groups.ignoredBySpread[group(node)] === 0);
  const weights = rules.softSpread.map((spread) =>
    logarithm(
      spread.perNode ? spreadNodes.length : new Set(spreadNodes.map((node) => domainOf(spread.feature, node))).size,
    ),
  );
  const spreadRaw = new Map(
    spreadNodes.map((node) => [
      node,
      Math.floor(
        rules.softSpread.reduce(
          (sum, spread, i) => sum + countAt(spread.feature, node) * (weights[i] as number) + (spread.maxSkew - 1),
          0,
        ) + 0.5,
      ),
    ]),
  );
  const most = Math.max(...spreadRaw.values());
  const least = Math.min(...spreadRaw.values());
  const interPod = nodes.map((node) => rules.affinityScore.reduce((sum, feature) => sum + countAt(feature, node), 0));
  const span = Math.max(...interPod) - Math.min(...interPod);
  for (const [i, node] of nodes.entries()) {
    let total = world.local[node] as number;
    total +=
      3 * (taints === 0 ? 100 : 100 - Math.floor((100 * (rules.groups.taintRaw[group(node)] as number)) / taints));
    total +=
      affinities === 0 ? 0 : 2 * Math.floor((100 * (rules.groups.affinityRaw[group(node)] as number)) / affinities);
    const raw = spreadRaw.get(node);
    if (rules.softSpread.length > 0 && raw !== undefined)
      total += 2 * (most === 0 ? 100 : Math.floor((100 * (most + least - raw)) / most));
    if (span > 0) total += 2 * Math.trunc(100 * (((interPod[i] as number) - Math.min(...interPod)) / span));
    totals.set(node, total);
  }
  return { nodes, evaluated, totals };
}

/** What the evaluations of a world are about: rules over domains and groups, or scores of single Nodes alone. */
type Subject = 'domains' | 'nodes';

function compareDecisions(
  seed: number,
  size: number,
  steps: number,
  kind: 'complete' | 'sampled',
  subject: Subject = 'domains',
): void {
  const random = new RandomStream(String(seed), 0, 'world');
  const world = buildWorld(random, size);
  if (subject === 'nodes') world.groupOf.forEach((group, node) => (world.groupOf[node] = Math.min(group, 1)));
  const specs = subject === 'nodes' ? [] : buildSpecs(random, size);
  const rules = subject === 'nodes' ? WITHOUT_DOMAINS : pickRules(random);
  refuseWithoutKey(world, specs, rules);
  // Small ones overflow; in large ones an evaluation that idles falls behind what the partition keeps.
  const log = new ChangeLog(random.below(2) === 0 ? 16 : 4096);
  const statics = new StaticGroups(
    { size, groupsByImages: false, groupOf: (node) => world.groupOf[node] as number },
    log,
  );
  const eachPodKind: EachPodKind = (_, visit) => {
    for (const pod of world.pods) visit(pod.podKind, new Map([[pod.node, 1]]));
  };
  const local = {
    range: 201,
    ofEach: (nodes: Int32Array, first: number, end: number, mask: number, into: Int16Array) => {
      for (let i = first; i < end; i++) into[i - first] = world.local[nodes[i & mask] as number] as number;
    },
  };
  const partition = new Partition(statics, specs, eachPodKind, log);
  const make = (): AnyEvaluation =>
    kind === 'complete'
      ? new Evaluation(partition, local)
      : new SampledEvaluation(partition, local, random.below(2) === 0);
  const [busy, idle] = [make(), make()];
  const chooser = new Chooser();
  const indexed = new RandomStream(String(seed), 1, 'ties');
  const scanned = new RandomStream(String(seed), 1, 'ties');
  let start = 0;
  for (let step = 0; step < steps; step++) {
    const wanted = random.below(3) === 0 ? size : 1 + random.below(size);
    const plain = scan(world, specs, rules, wanted, start);
    const choice = chooser.choose(random.below(9) === 0 ? idle : busy, rules, wanted, start, indexed);
    const best = Math.max(...plain.totals.values());
    const ties = plain.nodes.filter((node) => plain.totals.get(node) === best);
    expect({ feasible: choice.feasible, evaluated: choice.evaluated }).toEqual({
      feasible: plain.nodes.length,
      evaluated: plain.evaluated,
    });
    if (ties.length > 0) {
      if (plain.nodes.length > 1) expect(choice.total).toBe(best);
      expect(choice.ties).toBe(ties.length);
      const offsets = ties.map((node) => (node - start + size) % size);
      const taken = chooseTie(
        {
          count: ties.length,
          evaluated: plain.evaluated,
          includes: (offset) => offsets.includes(offset),
          nth: (k) => offsets[k] as number,
        },
        scanned,
      );
      expect(choice.node).toBe((start + taken) % size);
    }
    start = (start + choice.evaluated) % size;
    churn(world, log, random, choice.node);
  }
}

function churn(world: World, log: ChangeLog, random: RandomStream, chosen: number): void {
  // At times more than the rings of changes and moves hold.
  const changes = [random.below(4), random.below(4), 30, 150][random.below(4)] as number;
  for (let i = 0; i < changes; i++) {
    const node = i === 0 && chosen >= 0 ? chosen : random.below(world.size);
    if (random.below(6) === 0) regroup(world, log, random, node);
    world.local[node] = random.below(6) === 0 ? -1 : random.below(5) * 40;
    if (world.pods.length > 0 && random.below(2) === 0) {
      const [gone] = world.pods.splice(random.below(world.pods.length), 1);
      if (gone !== undefined) log.append(gone.node, gone.podKind, -1);
      log.append(node, POD_KINDS - 1, 0);
    } else {
      const podKind = random.below(POD_KINDS);
      world.pods.push({ node, podKind });
      log.append(node, podKind, 1);
    }
  }
}

/** The Node itself changes: its group, or whether it refuses the Pod. One that lacks a key goes on to lack it. */
function regroup(world: World, log: ChangeLog, random: RandomStream, node: number): void {
  const others = world.groupOf.filter((group) => group !== REFUSED);
  if (!world.mayChange[node] || others.length === 0) return;
  world.groupOf[node] = random.below(4) === 0 ? REFUSED : (others[random.below(others.length)] as number);
  log.append(node, NODE_CHANGED, 0);
}

test.each(['complete', 'sampled'] as const)('a %s evaluation takes the Node that a scan takes, under churn', (kind) => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 40 }), (seed, size) => compareDecisions(seed, size, 25, kind)),
    { numRuns: 120, seed: 4 },
  );
});

test.each(['complete', 'sampled'] as const)(
  'a %s evaluation takes the Node that a scan takes when domains outnumber what a bucket may name',
  (kind) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => compareDecisions(seed, 120, 12, kind)),
      { numRuns: 12, seed: 5 },
    );
  },
);

// Sizes of some spans of blocks, and what is left over.
test.each(['complete', 'sampled'] as const)(
  'a %s evaluation takes the Node that a scan takes when all Nodes are in one bucket',
  (kind) => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 1200 }), (seed, size) =>
        compareDecisions(seed, size, 40, kind, 'nodes'),
      ),
      { numRuns: 60, seed: 6 },
    );
  },
);

test('a sampled evaluation takes the Node that a scan takes when spans of blocks have Nodes of many buckets', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 257, max: 800 }), (seed, size) =>
      compareDecisions(seed, size, 25, 'sampled'),
    ),
    { numRuns: 12, seed: 7 },
  );
});
