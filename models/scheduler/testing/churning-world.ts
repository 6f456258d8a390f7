/**
 * A small world of Nodes, Pods, namespaces, Services and owners in which everything changes at random: Pods come, end and go, Nodes are
 * added, removed, cordoned, relabelled, tainted, resized and get other images. For tests that hold the index against the plain rules.
 */
import { RandomStream } from '../../../engine/index.ts';
import type { ContainerImage, Node, Taint } from '../../objects/node.ts';
import type { Affinity, Pod, PodSpec, TopologySpreadConstraint } from '../../objects/pod.ts';
import { SchedulerCache } from '../cache/scheduler-cache.ts';
import { Listers } from '../framework/listers.ts';

const ZONES = ['a', 'b', 'c', ''];
const APPS = ['web', 'db', 'cache'];
const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

interface Template {
  readonly spec: PodSpec;
  readonly labels: Record<string, string>;
  readonly namespace: string;
  readonly owner: string | undefined;
}

/** `twins`: classes of Pods that differ in one point, so that they share what that point does not touch. */
export type Mix = 'any' | 'twins';

export class World {
  readonly random: RandomStream;
  readonly cache = new SchedulerCache();
  readonly listers = new Listers();
  readonly pods: Pod[] = [];
  readonly nodes = new Map<string, Node>();
  readonly templates: Template[];
  #serial = 0;

  constructor(seed: number, nodes: number, mix: Mix, templates = 6) {
    this.random = new RandomStream(String(seed), 0, 'world');
    for (const name of ['default', 'other']) this.#relabelNamespace(name);
    for (let i = 0; i < nodes; i++) this.addNode();
    const base = this.#template();
    this.templates = Array.from({ length: templates }, () => (mix === 'any' ? this.#template() : this.#twin(base)));
  }

  /** The same but for one point. */
  #twin(base: Template): Template {
    const { spec, labels } = base;
    const [constraint, ...others] = spec.topologySpreadConstraints ?? [this.#constraint()];
    const changed = (change: Partial<TopologySpreadConstraint>): Template => ({
      ...base,
      spec: {
        ...spec,
        topologySpreadConstraints: [{ ...(constraint as TopologySpreadConstraint), ...change }, ...others],
      },
    });
    const { podAffinity } = spec.affinity ?? {};
    const preferred = podAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
    if (preferred !== undefined && this.chance(3)) {
      const weighted = preferred.map((term) => ({ ...term, weight: 1 + this.random.below(100) }));
      const changedAffinity = { ...podAffinity, preferredDuringSchedulingIgnoredDuringExecution: weighted };
      return { ...base, spec: { ...spec, affinity: { ...spec.affinity, podAffinity: changedAffinity } } };
    }
    switch (this.random.below(10)) {
      case 0:
        return { ...base, labels: { ...labels, app: this.pick(APPS) } };
      case 1:
        return { ...base, namespace: this.pick(['default', 'other']) };
      case 2:
        return changed({ nodeTaintsPolicy: this.pick(['Honor', 'Ignore'] as const) });
      case 3:
        return changed({ nodeAffinityPolicy: this.pick(['Honor', 'Ignore'] as const) });
      case 4:
        return changed({ labelSelector: { matchLabels: { app: this.pick(APPS) } } });
      case 5:
        return changed({ maxSkew: 1 + this.random.below(3) });
      case 6:
        return { ...base, spec: { ...spec, affinity: this.#affinity() } };
      case 7:
        return { ...base, spec: { ...spec, tolerations: [{ key: 'dedicated', operator: 'Exists' }] } };
      case 8:
        return { ...base, spec: { ...spec, nodeSelector: { disk: this.pick(['ssd', 'hdd']) } } };
      default:
        return { ...base, owner: `rs-${this.random.below(2)}` };
    }
  }

  pick<T>(items: readonly T[]): T {
    return items[this.random.below(items.length)] as T;
  }

  chance(oneIn: number): boolean {
    return this.random.below(oneIn) === 0;
  }

  #labels(name: string): Record<string, string> {
    const zone = this.pick(ZONES);
    const labels: Record<string, string> = this.chance(9) ? {} : { [HOSTNAME]: name };
    if (zone !== '') labels[ZONE] = zone;
    if (this.chance(2)) labels.disk = this.pick(['ssd', 'hdd']);
    if (this.chance(2)) labels.rack = `r${this.random.below(9)}`;
    return labels;
  }

  #taints(): Taint[] {
    if (!this.chance(3)) return [];
    return [
      { key: 'dedicated', value: this.pick(APPS), effect: this.pick(['NoSchedule', 'PreferNoSchedule'] as const) },
    ];
  }

  #amounts(): Record<string, string> {
    return { cpu: this.pick(['1', '2', '4']), memory: this.pick(['2Gi', '4Gi', '8Gi']), pods: this.pick(['4', '110']) };
  }

  #images(): ContainerImage[] {
    const names = ['app:1', 'app:2', 'sidecar:1'].filter(() => this.chance(2));
    return names.map((name) => ({ names: [name], sizeBytes: this.pick([300, 700]) * 1024 * 1024 }));
  }

  addNode(): void {
    const name = `n${this.#serial++}`;
    const node: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: this.#labels(name) },
      spec: { taints: this.#taints() },
      status: { allocatable: this.#amounts(), images: this.#images() },
    };
    this.nodes.set(name, node);
    this.cache.addNode(node);
  }

  #constraint(): TopologySpreadConstraint {
    return {
      maxSkew: 1 + this.random.below(2),
      topologyKey: this.pick([HOSTNAME, ZONE, 'rack']),
      whenUnsatisfiable: this.pick(['DoNotSchedule', 'ScheduleAnyway'] as const),
      labelSelector: { matchLabels: { app: this.pick(APPS) } },
      ...(this.chance(3) ? { nodeTaintsPolicy: 'Honor' as const } : {}),
      ...(this.chance(4) ? { nodeAffinityPolicy: 'Ignore' as const } : {}),
    };
  }

  #affinity(): Affinity {
    const term = () => ({
      labelSelector: { matchLabels: { app: this.pick(APPS) } },
      topologyKey: this.pick([HOSTNAME, ZONE, 'rack']),
      ...(this.chance(3) ? { namespaceSelector: { matchLabels: { team: this.pick(['x', 'y']) } } } : {}),
    });
    const weighted = () => [{ weight: 1 + this.random.below(50), podAffinityTerm: term() }];
    return {
      ...(this.chance(3) ? { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term()] } } : {}),
      ...(this.chance(4)
        ? {
            podAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [term()],
              preferredDuringSchedulingIgnoredDuringExecution: weighted(),
            },
          }
        : {}),
      ...(this.chance(3)
        ? {
            nodeAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                { weight: 7, preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] } },
              ],
            },
          }
        : {}),
    };
  }

  #template(): Template {
    const requests = { cpu: this.pick(['50m', '100m', '500m']), memory: this.pick(['64Mi', '256Mi']) };
    const ports = this.chance(6) ? [{ containerPort: 80, hostPort: 80 }] : [];
    const spec: PodSpec = {
      schedulerName: 'default-scheduler',
      priority: 0,
      containers: [
        {
          name: 'c',
          image: this.pick(['app:1', 'app:2']),
          ports,
          ...(this.chance(5) ? {} : { resources: { requests } }),
        },
        ...(this.chance(4) ? [{ name: 's', image: 'sidecar:1' }] : []),
      ],
      ...(this.chance(2) ? { affinity: this.#affinity() } : {}),
      ...(this.chance(2)
        ? { topologySpreadConstraints: Array.from({ length: 1 + this.random.below(2) }, () => this.#constraint()) }
        : {}),
      ...(this.chance(3) ? { tolerations: [{ key: 'dedicated', operator: 'Exists' as const }] } : {}),
      ...(this.chance(5) ? { nodeSelector: { disk: 'ssd' } } : {}),
    };
    return {
      spec,
      labels: { app: this.pick(APPS) },
      namespace: this.pick(['default', 'default', 'other']),
      owner: this.chance(2) ? `rs-${this.random.below(2)}` : undefined,
    };
  }

  nextPod(): Pod {
    const { spec, labels, namespace, owner } = this.pick(this.templates);
    const name = `p${this.#serial++}`;
    const ownerReferences =
      owner === undefined
        ? []
        : [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }];
    return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, uid: name, labels, ownerReferences }, spec };
  }

  place(pod: Pod, nodeName: string): void {
    const bound = { ...pod, spec: { ...pod.spec, nodeName } };
    this.cache.addPod(bound);
    this.pods.push(bound);
  }

  #relabelNamespace(name: string): void {
    this.listers.namespaces.set({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { team: this.pick(['x', 'y']) } },
    });
  }

  #updateNode(change: (node: Node) => Node): void {
    const name = this.pick([...this.nodes.keys()]);
    const node = change(this.nodes.get(name) as Node);
    this.nodes.set(name, node);
    this.cache.updateNode(node);
  }

  #setService(selector: Record<string, string> | undefined): void {
    const metadata = { name: 's', namespace: 'default' };
    this.listers.services.set({ apiVersion: 'v1', kind: 'Service', metadata, spec: { selector } });
  }

  #removeNode(): void {
    const name = this.pick([...this.nodes.keys()]);
    this.nodes.delete(name);
    this.cache.removeNode(name);
  }

  /** One random change that leaves the order of Nodes as it is, so that what classes share lives long. */
  calmChurn(): void {
    switch (this.random.below(4)) {
      case 0:
        return this.#updateNode((node) => ({ ...node, status: { ...node.status, images: this.#images() } }));
      case 1:
        return this.#updateNode((node) => {
          const { [ZONE]: _zone, ...labels } = this.#labels(node.metadata.name);
          const own = node.metadata.labels?.[ZONE];
          const kept = own === undefined ? labels : { ...labels, [ZONE]: own };
          return { ...node, metadata: { ...node.metadata, labels: kept } };
        });
      case 2:
        return this.#setService(this.chance(4) ? undefined : { app: this.pick(APPS) });
      default:
        return this.#endPod();
    }
  }

  /** One random change. */
  churn(): void {
    switch (this.random.below(13)) {
      case 0:
        return this.addNode();
      case 1: {
        // At times so many that the rotating start is beyond the end of those that are left.
        const most = this.chance(4) ? Math.floor(this.nodes.size / 2) : 1;
        for (let i = 0; i < most && this.nodes.size >= 3; i++) this.#removeNode();
        return;
      }
      case 2:
        return this.#updateNode((node) => ({
          ...node,
          spec: { ...node.spec, unschedulable: !node.spec?.unschedulable },
        }));
      case 3:
        return this.#updateNode((node) => ({
          ...node,
          metadata: { ...node.metadata, labels: this.#labels(node.metadata.name) },
        }));
      case 4:
        return this.#updateNode((node) => ({ ...node, spec: { ...node.spec, taints: this.#taints() } }));
      case 5:
        return this.#updateNode((node) => ({ ...node, status: { ...node.status, allocatable: this.#amounts() } }));
      case 6:
        return this.#relabelNamespace(this.pick(['default', 'other']));
      case 7:
        return this.#setService({ app: this.pick(APPS) });
      case 8: {
        const selector = { matchLabels: { app: this.pick(APPS) } };
        return this.listers.replicaSets.set({
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          metadata: { name: this.pick(['rs-0', 'rs-1']), namespace: 'default' },
          spec: { selector, template: { spec: { containers: [] } } },
        });
      }
      case 9:
        return this.#updateNode((node) => ({ ...node, status: { ...node.status, images: this.#images() } }));
      default:
        return this.#endPod();
    }
  }

  /** Some Pod goes, or begins to end. */
  #endPod(): void {
    if (this.pods.length === 0) return;
    const at = this.random.below(this.pods.length);
    const pod = this.pods[at] as Pod;
    if (this.chance(2)) {
      this.pods.splice(at, 1);
      this.cache.removePod(pod);
      return;
    }
    const ending = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2030-01-01T00:00:00Z' } };
    this.pods[at] = ending;
    this.cache.updatePod(ending);
  }
}
