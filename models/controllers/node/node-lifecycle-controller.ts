/**
 * Turns the conditions of Nodes into taints, and notes Nodes that come and go.
 * Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go (doNoScheduleTaintingPass, monitorNodeHealth).
 *
 * First depth: NoSchedule taints by condition, at once. Not modelled yet: Nodes whose kubelet falls silent (Ready becomes
 * Unknown after 50 s), NoExecute taints and their rates by zone (`zone-state.ts` has the arithmetic).
 */
import { MICROS_PER_SECOND } from '../../../engine/index.ts';
import type { Node, Taint } from '../../objects/node.ts';
import { NODES } from '../../objects/resources.ts';
import { Controller, messageOf, type SyncDone } from '../controller.ts';
import type { ControllerContext, ObjectCache } from '../controller-context.ts';

/** --node-monitor-period. */
const MONITOR_PERIOD_MICROS = 5 * MICROS_PER_SECOND;

const PREFIX = 'node.kubernetes.io/';
export const UNSCHEDULABLE_TAINT = `${PREFIX}unschedulable`;

/** Condition type, status and the taint that it gives. */
const CONDITION_TAINTS: readonly (readonly [type: string, status: string, key: string])[] = [
  ['Ready', 'False', `${PREFIX}not-ready`],
  ['Ready', 'Unknown', `${PREFIX}unreachable`],
  ['MemoryPressure', 'True', `${PREFIX}memory-pressure`],
  ['DiskPressure', 'True', `${PREFIX}disk-pressure`],
  ['NetworkUnavailable', 'True', `${PREFIX}network-unavailable`],
  ['PIDPressure', 'True', `${PREFIX}pid-pressure`],
];

const MANAGED_KEYS = new Set([...CONDITION_TAINTS.map(([, , key]) => key), UNSCHEDULABLE_TAINT]);

/** Keys of the NoSchedule taints that the Node should have because of its state. */
function wantedKeys(node: Node): string[] {
  const keys: string[] = [];
  for (const [type, status, key] of CONDITION_TAINTS) {
    if (node.status?.conditions?.some((condition) => condition.type === type && condition.status === status)) {
      keys.push(key);
    }
  }
  if (node.spec?.unschedulable === true) keys.push(UNSCHEDULABLE_TAINT);
  return keys;
}

/** The Node's taints with those of its state put right; the same list when they are right already. */
export function taintsByCondition(node: Node, now: string): readonly Taint[] {
  const wanted = new Set(wantedKeys(node));
  const before = node.spec?.taints ?? [];
  const kept = before.filter(
    (taint) => taint.effect !== 'NoSchedule' || !MANAGED_KEYS.has(taint.key) || wanted.delete(taint.key),
  );
  if (wanted.size === 0 && kept.length === before.length) return before;
  return [...kept, ...[...wanted].map((key): Taint => ({ key, effect: 'NoSchedule', timeAdded: now }))];
}

export class NodeLifecycleController extends Controller {
  readonly #nodes: ObjectCache<Node>;
  #arrivals: Node[] = [];
  #departures: Node[] = [];
  #monitoring = false;

  constructor(context: ControllerContext, workers: number) {
    super(context, { name: 'node-lifecycle-controller', component: 'node-controller', workers });
    this.#nodes = context.cache(NODES);
    this.#nodes.addHandler({
      added: (node) => {
        this.#check(node);
        this.#arrivals.push(node);
        this.#monitor();
      },
      updated: (old, node) => {
        if (old.spec !== node.spec || old.status?.conditions !== node.status?.conditions) this.#check(node);
      },
      deleted: (node) => {
        this.#departures.push(node);
        this.#monitor();
      },
    });
  }

  #check(node: Node): void {
    if (!sameTaints(taintsByCondition(node, ''), node.spec?.taints)) this.queue.add(node.metadata.name);
  }

  /** The controller looks at its Nodes each period; it does so here only when one has come or gone. */
  #monitor(): void {
    if (this.#monitoring) return;
    this.#monitoring = true;
    const { sim } = this.context;
    sim.after(MONITOR_PERIOD_MICROS - (sim.nowMicros % MONITOR_PERIOD_MICROS), this.#look);
  }

  readonly #look = (): void => {
    this.#monitoring = false;
    for (const node of this.#arrivals) this.#note(node, 'RegisteredNode', 'Registered Node', 'in Controller');
    for (const node of this.#departures) this.#note(node, 'RemovingNode', 'Removing Node', 'from Controller');
    this.#arrivals = [];
    this.#departures = [];
  };

  #note(node: Node, reason: string, verb: string, where: string): void {
    const { name } = node.metadata;
    this.recorder.event(node, 'Normal', reason, `Node ${name} event: ${verb} ${name} ${where}`);
  }

  protected override sync(key: string, done: SyncDone): void {
    const node = this.#nodes.get(undefined, key);
    const now = this.context.nowTimestamp();
    if (node === undefined || sameTaints(taintsByCondition(node, now), node.spec?.taints)) {
      done();
      return;
    }
    const change = (current: Node): Node => {
      const taints = taintsByCondition(current, now);
      if (sameTaints(taints, current.spec?.taints)) return current;
      const { taints: _taints, ...spec } = current.spec ?? {};
      return { ...current, spec: taints.length === 0 ? spec : { ...spec, taints } };
    };
    this.context.client.patch(NODES, undefined, key, change, (result) =>
      done(result.ok || result.status.reason === 'NotFound' ? undefined : messageOf(result)),
    );
  }
}

function sameTaints(x: readonly Taint[], y: readonly Taint[] | undefined): boolean {
  return x === y || (x.length === 0 && (y?.length ?? 0) === 0);
}
