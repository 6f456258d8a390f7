/**
 * Scheduler and kubelets for the tests of controllers, as the recorder of the golden recordings played them: a Pod is
 * bound at once, runs and is ready a little later, and is gone half a second after it is asked to go.
 */
import type { Simulation } from '../../../engine/index.ts';
import type { Pod } from '../../objects/pod.ts';
import { NODES, PODS } from '../../objects/resources.ts';
import type { TestApi } from './test-api.ts';

export const READY_MICROS = 1_100_000;
export const TERMINATION_MICROS = 500_000;

export class FakeNodes {
  readonly #sim: Simulation;
  readonly #api: TestApi;
  #next = 0;
  #addresses = 0;

  constructor(sim: Simulation, api: TestApi) {
    this.#sim = sim;
    this.#api = api;
    api.onChange(PODS, (pod, old, type) => {
      if (type === 'ADDED') {
        this.#sim.after(1_000, this.#bind, pod);
      } else if (type === 'MODIFIED' && pod.metadata.deletionTimestamp !== undefined) {
        if (old?.metadata.deletionTimestamp === undefined) this.#sim.after(TERMINATION_MICROS, this.#finish, pod);
      }
    });
  }

  readonly #bind = (pod: Pod): void => {
    const { namespace, name } = pod.metadata;
    const current = this.#api.get(PODS, namespace, name);
    if (current === undefined || current.metadata.uid !== pod.metadata.uid) return;
    this.#api.bind(current, pod.spec.nodeName ?? this.#nodeFor(pod));
    this.#sim.after(READY_MICROS, this.#ready, pod);
  };

  /** The Node that a DaemonSet asks for, else the next one. */
  #nodeFor(pod: Pod): string {
    const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    const asked = terms?.[0]?.matchFields?.[0]?.values?.[0];
    const nodes = this.#api.list(NODES);
    return asked ?? nodes[this.#next++ % Math.max(1, nodes.length)]?.metadata.name ?? 'node-0';
  }

  readonly #ready = (pod: Pod): void => {
    if (pod.spec.containers[0]?.image?.startsWith('never-ready')) return;
    const ip = `10.244.${Math.floor(this.#addresses / 250)}.${(this.#addresses++ % 250) + 2}`;
    this.setReady(pod, true, ip);
  };

  setReady(pod: Pod, ready: boolean, ip = pod.status?.podIP ?? ''): void {
    const { namespace, name } = pod.metadata;
    const change = (current: Pod): Pod => ({
      ...current,
      status: {
        phase: 'Running',
        podIP: ip,
        podIPs: [{ ip }],
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: this.#api.nowTimestamp() }],
      },
    });
    this.#api.patch(PODS, namespace, name, change, 'status');
  }

  readonly #finish = (pod: Pod): void => {
    const { namespace, name, uid } = pod.metadata;
    const preconditions = uid === undefined ? {} : { uid };
    this.#api.delete(PODS, namespace, name, { gracePeriodSeconds: 0, preconditions });
  };
}
