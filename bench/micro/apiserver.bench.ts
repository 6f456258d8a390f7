/**
 * What a Pod's life costs in the API server and its clients: a creation, a binding, two patches of its status, a deletion,
 * and all that informers and kubelets' watches are told of them, with 1000 and 5000 Nodes. Also what a stored Pod retains.
 *
 * Run it from the build: `npm run bench:apiserver`. Times are CPU time and belong to the machine that printed them.
 */
import { Bench } from 'tinybench';
import { Simulation } from '../../engine/index.ts';
import { ApiServer } from '../../models/apiserver/api-server.ts';
import type { Client, WatchEvent } from '../../models/client/client.ts';
import { Informer } from '../../models/client/informer.ts';
import { ClusterClock } from '../../models/cluster-clock.ts';
import type { KubeObject } from '../../models/objects/meta.ts';
import type { Pod, PodSpec, PodStatus } from '../../models/objects/pod.ts';
import { PODS } from '../../models/objects/resources.ts';

const PODS_A_ROUND = 2000;
const TEMPLATES = 20;

/** CPU time of this process: other work on the machine shows less in it than in time of day. */
const cpuMillis = (): number => process.cpuUsage().user / 1000;

const CREATING: PodStatus = {
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'True' }],
  hostIP: '10.0.0.1',
};
const RUNNING: PodStatus = {
  phase: 'Running',
  conditions: [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: 'True' },
  ],
  hostIP: '10.0.0.1',
  podIP: '10.244.0.7',
};

const SEEDED: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } },
];

interface Template {
  readonly spec: PodSpec;
  readonly labels: Readonly<Record<string, string>>;
}

function templates(): Template[] {
  return Array.from({ length: TEMPLATES }, (_, i) => ({
    labels: { app: `app-${i}`, 'pod-template-hash': `5d5dfb649${i}` },
    spec: {
      containers: [
        { name: 'main', image: 'nginx:1', resources: { requests: { cpu: `${100 + i}m`, memory: '128Mi' } } },
      ],
    },
  }));
}

/** The control plane around the server, reduced to its requests and watches. */
class PodLives {
  readonly sim = new Simulation({ seed: 'bench' });
  readonly server: ApiServer;
  readonly #controller: Client;
  readonly #scheduler: Client;
  readonly #kubelet: Client;
  readonly #templates = templates();
  readonly #nodes: number;
  readonly #keeps: boolean;
  #created = 0;
  #bound = 0;
  running = 0;
  gone = 0;

  constructor(nodes: number, keeps = false) {
    this.#nodes = nodes;
    this.#keeps = keeps;
    this.server = new ApiServer(this.sim, new ClusterClock(this.sim));
    this.server.seed(SEEDED);
    this.#controller = this.server.client({ userAgent: 'controller' });
    this.#scheduler = this.server.client({ userAgent: 'scheduler' });
    this.#kubelet = this.server.client({ userAgent: 'kubelet' });
    const scheduled = new Informer(this.sim, this.#scheduler, PODS);
    scheduled.addHandler({ added: this.#bind });
    scheduled.start();
    new Informer(this.sim, this.#controller, PODS).start();
    for (let i = 0; i < nodes; i++) {
      const fieldSelector = { 'spec.nodeName': `node-${i}` };
      this.#kubelet.watch(PODS, { fieldSelector }, this.#onNode);
    }
    this.sim.runUntil({ timeMicros: 1_000_000 });
  }

  readonly #bind = (pod: Pod): void => {
    if (pod.spec.nodeName === undefined) this.#scheduler.bind(pod, `node-${this.#bound++ % this.#nodes}`);
  };

  readonly #onNode = (event: WatchEvent<Pod>): void => {
    if (event.type === 'ADDED') {
      this.#patch(event.object, toCreating);
    } else if (event.type === 'MODIFIED') {
      const { phase, hostIP } = event.object.status ?? {};
      if (phase === 'Pending' && hostIP !== undefined) this.#patch(event.object, toRunning);
      else if (phase === 'Running' && !this.#isDeleted(event.object)) this.#onRunning(event.object);
    } else if (event.type === 'DELETED') this.gone++;
  };

  #isDeleted(pod: Pod): boolean {
    if (pod.metadata.deletionTimestamp === undefined) return false;
    const uid = pod.metadata.uid as string;
    const options = { gracePeriodSeconds: 0, preconditions: { uid } };
    if (pod.metadata.deletionGracePeriodSeconds !== 0)
      this.#kubelet.delete(PODS, 'default', pod.metadata.name, options);
    return true;
  }

  #onRunning(pod: Pod): void {
    this.running++;
    if (!this.#keeps) this.#controller.delete(PODS, 'default', pod.metadata.name);
  }

  #patch(pod: Pod, change: (pod: Pod) => Pod): void {
    this.#kubelet.patch(PODS, 'default', pod.metadata.name, change, undefined, 'status');
  }

  /** So many Pods come, one each 100 µs of virtual time, and run. */
  round(count: number): void {
    for (let i = 0; i < count; i++) this.sim.after(i * 100, this.#create);
    const target = this.running + count;
    const targetGone = this.gone + (this.#keeps ? 0 : count);
    this.sim.runUntil({ timeMicros: this.sim.nowMicros + count * 100 + 1_000_000 });
    if (this.running !== target || this.gone !== targetGone) {
      throw new Error(`${this.running} of ${target} Pods ran, ${this.gone} of ${targetGone} have gone`);
    }
  }

  readonly #create = (): void => {
    const { spec, labels } = this.#templates[this.#created++ % TEMPLATES] as Template;
    const metadata = { name: '', generateName: 'app-5d5dfb6496-', namespace: 'default', labels };
    this.#controller.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
  };
}

const toCreating = (pod: Pod): Pod => ({ ...pod, status: { ...pod.status, ...CREATING } });
const toRunning = (pod: Pod): Pod => ({ ...pod, status: { ...pod.status, ...RUNNING } });

/** What Pods cost that come and stay: CPU until they run, and bytes of heap that each keeps, the informers' maps included. */
function stay(pods: number): string {
  if (globalThis.gc === undefined) return 'unknown: run with --expose-gc';
  const lives = new PodLives(1000, true);
  lives.round(1000);
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const cpuBefore = cpuMillis();
  lives.round(pods);
  const micros = ((cpuMillis() - cpuBefore) * 1000) / pods;
  lives.sim.runUntil({ timeMicros: lives.sim.nowMicros + 600_000_000 });
  globalThis.gc();
  const bytes = Math.round((process.memoryUsage().heapUsed - before) / pods);
  return `${micros.toFixed(1)} µs until it runs, ${bytes} bytes retained`;
}

function eventsOfAPod(): string {
  const lives = new PodLives(100);
  const before = lives.sim.executed;
  lives.round(PODS_A_ROUND);
  return ((lives.sim.executed - before) / PODS_A_ROUND).toFixed(1);
}

const bench = new Bench({ name: 'API server', now: cpuMillis, time: 3000, warmupTime: 1000, throws: true });
for (const nodes of [1000, 5000]) {
  const lives = new PodLives(nodes);
  bench.add(`Pod's life, ${nodes} Nodes`, () => lives.round(PODS_A_ROUND));
}
await bench.run();

console.log(`µs of CPU for each Pod; Node ${process.version}`);
for (const task of bench.tasks) {
  const { result } = task;
  if (result.state !== 'completed') throw new Error(`${task.name}: ${result.state}`);
  const micros = (millis: number): string => ((millis * 1000) / PODS_A_ROUND).toFixed(2);
  const { p50, mad, samplesCount } = result.latency;
  console.log(`${task.name.padEnd(28)} median ${micros(p50)} ± ${micros(mad)}, ${samplesCount} samples`);
}
console.log(`events of the simulation for each Pod: ${eventsOfAPod()}`);
console.log(`each of 50,000 Pods that come and stay: ${stay(50_000)}`);
