/**
 * Replays recordings of single scheduling decisions: for each case the verdict on every Node, every score, the best Nodes, the
 * messages and what preemption would do. The format is described in the recordings' FORMAT.md.
 */
import type { Pod } from '../../../models/objects/pod.ts';
import type { AttemptRecord, FoundNothing, PodDecision } from '../../../models/scheduler/decision/decision.ts';
import type { PreemptionCandidate } from '../../../models/scheduler/framework/plugin.ts';
import { podKey } from '../../../models/scheduler/framework/pod-info.ts';
import { messageOf, type Status } from '../../../models/scheduler/framework/status.ts';
import type { Profile } from '../../../models/scheduler/profile/profile.ts';
import { VolumeBinding } from '../../../models/scheduler/volumes/volume-binding-plugin.ts';
import type { Replayer } from '../recording.ts';
import { canonical, type ClusterLine, DecisionCluster, type DecisionHeader } from './decision-cluster.ts';

interface CaseLine {
  readonly case: string;
  readonly clusterRef: string;
  readonly pod: Pod;
  readonly [field: string]: unknown;
}

interface VerdictFields {
  readonly code: string;
  readonly plugin?: string;
  readonly reasons: readonly string[];
}

export function verdictFields({ code, plugin, reasons }: Status): VerdictFields {
  return { code, ...(plugin === '' ? {} : { plugin }), reasons };
}

function byName(names: readonly string[], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, values[i] as number]));
}

/** Texts of errors are for readers only; that there is one counts. */
const ERROR_TEXTS = ['error', 'scoreError'];

function candidateFields({ victims, pdbViolations }: PreemptionCandidate): Record<string, unknown> {
  return {
    victims: victims.map(({ pod }) => podKey(pod)),
    ...(pdbViolations === 0 ? {} : { pdbViolations }),
  };
}

export function preemptionFields({ postFilter }: FoundNothing): Record<string, unknown> | undefined {
  if (postFilter === undefined) return undefined;
  const { status, candidates = [], best = [] } = postFilter;
  if (status !== undefined) return { code: status.code, message: messageOf(status) };
  return {
    code: 'Success',
    candidates: Object.fromEntries(candidates.map((candidate) => [candidate.node.name, candidateFields(candidate)])),
    best: best.map(({ node }) => node.name).sort(),
  };
}

/** The messages of a Pod that fits nowhere. */
export function messageFields(decision: FoundNothing): Record<string, unknown> {
  const fitError = decision.fitError.message();
  const message = decision.fitError.message(messageOf(decision.postFilter?.status));
  return { fitError, ...(message === fitError ? {} : { message }) };
}

/** Sorted names of the best Nodes; of a single feasible Node, which is not scored, its own. */
export function bestNames({ feasible = [], best }: AttemptRecord): string[] {
  const nodes = best === undefined ? feasible : best.map((i) => feasible[i]);
  return nodes.map((node) => node?.name ?? '').sort();
}

function scoreFields(record: AttemptRecord): Record<string, unknown> {
  const names = (record.feasible ?? []).map(({ name }) => name);
  if (record.scoreError !== undefined) return { scoreError: messageOf(record.scoreError), best: bestNames(record) };
  const scores = (record.scores ?? []).map(({ plugin, scores }) => [plugin, byName(names, scores)]);
  return {
    scores: Object.fromEntries(scores),
    total: byName(names, record.totals ?? []),
    best: bestNames(record),
  };
}

/** The choices that the recording allows for one Node. */
interface VolumeFields {
  readonly bind?: Readonly<Record<string, readonly string[]>>;
  readonly provision?: readonly string[];
}

/** What would be done about the Pod's volumes on each feasible Node, and in Reserve on the first of the best. */
export function volumeFields(
  profile: Profile,
  decision: PodDecision,
  record: AttemptRecord,
  recorded: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const plugin = profile.plugins.preFilter.find((candidate) => candidate instanceof VolumeBinding);
  if (plugin === undefined || decision.result !== 'scheduled') return {};
  const allowed = (recorded['volumes'] ?? {}) as Readonly<Record<string, VolumeFields | undefined>>;
  const volumes: Record<string, VolumeFields> = {};
  for (const { name } of record.feasible ?? []) {
    const chosen = plugin.volumesOn(decision.state, name);
    if (chosen === undefined) continue;
    const bind: Record<string, readonly string[]> = {};
    for (const { claim, volume } of chosen.bind) {
      // Of volumes that tie, the recording names all, and any of them is right.
      const options = allowed[name]?.bind?.[claim.metadata.name] ?? [];
      bind[claim.metadata.name] = options.includes(volume.metadata.name) ? options : [volume.metadata.name];
    }
    const provision = chosen.provision.map((claim) => claim.metadata.name).sort();
    volumes[name] = { ...(chosen.bind.length > 0 ? { bind } : {}), ...(provision.length > 0 ? { provision } : {}) };
  }
  const [node = ''] = bestNames(record);
  return {
    ...(Object.keys(volumes).length > 0 ? { volumes } : {}),
    reserve: { node, allBound: volumes[node] === undefined },
  };
}

/** What the recording would show of this decision. */
function caseFields(decision: PodDecision, record: AttemptRecord): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const { preFilter, preFilterNodes, verdicts } = record;
  if (preFilter !== undefined) fields.preFilter = verdictFields(preFilter);
  else fields.evaluated = decision.evaluated;
  if (preFilterNodes !== undefined && verdicts !== undefined) {
    fields.preFilterNodes = [...preFilterNodes].sort();
    fields.absent = verdictFields(verdicts.absent);
  }
  const refused = [...(verdicts?.entries() ?? [])].map(([name, status]) => [name, verdictFields(status)]);
  if (refused.length > 0) fields.filter = Object.fromEntries(refused);
  if (record.viaNominatedNode === true) fields.viaNominatedNode = true;
  if (decision.result === 'error') fields.error = messageOf(decision.status);
  else if (decision.result === 'scheduled') Object.assign(fields, scoreFields(record));
  else {
    Object.assign(fields, messageFields(decision));
    const preemption = preemptionFields(decision);
    if (preemption !== undefined) fields.preemption = preemption;
  }
  return fields;
}

const ECHOED = new Set(['case', 'clusterRef', 'pod']);

/** The first field in which the two differ, as short text. */
export function firstDifference(
  expected: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
): { readonly expected: string; readonly found: string } | undefined {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
  for (const name of names) {
    if (ECHOED.has(name)) continue;
    const [wanted, got] = [expected[name], found[name]];
    if (ERROR_TEXTS.includes(name) && typeof wanted === typeof got) continue;
    const [a, b] = [canonical(wanted), canonical(got)];
    if (a !== b) return { expected: `${name} ${a}`, found: `${name} ${b}` };
  }
  return undefined;
}

function isHeaderOf(firstLine: unknown, pattern: RegExp): boolean {
  const { corpus, schedulerConfig } = firstLine as Partial<DecisionHeader>;
  return typeof corpus === 'string' && schedulerConfig !== undefined && pattern.test(corpus);
}

export const decisionReplayer: Replayer = {
  name: 'scheduling decisions',
  accepts: (_, firstLine) => isHeaderOf(firstLine, /^[a-ilx]-/),
  replay(lines, report, record) {
    const header = lines[0] as DecisionHeader;
    const hasVolumes = header.corpus.startsWith('l-');
    record?.(header);
    let line: ClusterLine | undefined;
    let cluster: DecisionCluster | undefined;
    for (const next of lines.slice(1)) {
      if (Object.hasOwn(next as object, 'cluster')) {
        line = next as ClusterLine;
        cluster = new DecisionCluster(header, line);
        record?.(line);
        continue;
      }
      const recorded = next as CaseLine;
      if (cluster === undefined || line?.cluster !== recorded.clusterRef) {
        throw new Error(
          `case ${recorded.case} refers to cluster ${recorded.clusterRef}, which is not the one before it`,
        );
      }
      const attempt: AttemptRecord = {};
      // A case stands for itself: the rotating start of the search is not carried over.
      cluster.scheduler.nextStart = 0;
      const decision = cluster.decide(recorded.pod, attempt);
      const fields = caseFields(decision, attempt);
      if (hasVolumes) Object.assign(fields, volumeFields(cluster.profile, decision, attempt, recorded));
      record?.({ case: recorded.case, clusterRef: recorded.clusterRef, pod: recorded.pod, ...fields });
      const difference = firstDifference(recorded, fields);
      report({ id: recorded.case, agrees: difference === undefined, ...difference });
    }
  },
};
