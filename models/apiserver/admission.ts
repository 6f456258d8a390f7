/**
 * Admission: what the API server checks of and adds to an object before it is stored, plugin by plugin in the order of
 * pkg/kubeapiserver/options/plugins.go. Plugins that only concern what is not modelled (PodSecurity, certificates,
 * webhooks, quota …) are not here; README.md of models lists them.
 */
import type { Namespace, PriorityClass } from '../objects/cluster-objects.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Node, Taint } from '../objects/node.ts';
import type { Pod, PodSpec, Toleration } from '../objects/pod.ts';
import { NAMESPACES, NODES, PODS, PRIORITY_CLASSES, type Resource, SERVICE_ACCOUNTS } from '../objects/resources.ts';
import { forbidden, notFound, type Refusal } from './status-errors.ts';

/** What admission may look up. */
export interface AdmissionLookup {
  get<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string): T | undefined;
  /** The PriorityClass with globalDefault, if any. */
  defaultPriorityClass(): PriorityClass | undefined;
}

export interface AdmissionOptions {
  /** The ServiceAccount plugin: a Pod is refused while its account does not exist. */
  readonly serviceAccount: boolean;
  /** TaintNodesByCondition: a new Node begins with the not-ready taint. */
  readonly taintNodesByCondition: boolean;
  /** DefaultTolerationSeconds: 300 s for not-ready and unreachable. */
  readonly defaultTolerationSeconds: boolean;
}

export type Admitted<T> = { readonly ok: true; readonly object: T } | Refusal;

const NOT_READY_TAINT: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
const ADDED_TOLERATIONS: readonly Toleration[] = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map(
  (key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  }),
);

/** Priorities that exist without an object. Source: pkg/apis/scheduling/types.go. */
const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** A creation in a namespace that is missing or going is refused. Source: admission/plugin/namespace/lifecycle. */
export function admitNamespace(lookup: AdmissionLookup, resource: Resource, object: KubeObject): Refusal | undefined {
  const { namespace, name } = object.metadata;
  if (!resource.namespaced || namespace === undefined) return undefined;
  const found: Namespace | undefined = lookup.get(NAMESPACES, undefined, namespace);
  if (found === undefined) return notFound(NAMESPACES, namespace);
  if (found.metadata.deletionTimestamp === undefined && found.status?.phase !== 'Terminating') return undefined;
  const message = `namespace ${namespace} is being terminated`;
  return forbidden(
    resource,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    {
      reason: 'NamespaceTerminating',
      message,
      field: 'metadata.namespace',
    },
  );
}

export function admitCreation<T extends KubeObject>(
  lookup: AdmissionLookup,
  options: AdmissionOptions,
  resource: Resource<T>,
  object: T,
): Admitted<T> {
  if (resource.kind === PODS.kind) return admitPod(lookup, options, object as unknown as Pod) as Admitted<T>;
  if (resource.kind === NODES.kind && options.taintNodesByCondition) {
    return { ok: true, object: taintNewNode(object as unknown as Node) as unknown as T };
  }
  return { ok: true, object };
}

/** What admission made of a specification, and what that depended on. */
interface AdmittedSpec {
  readonly options: AdmissionOptions;
  readonly account: string | undefined;
  readonly priority: ResolvedPriority;
  readonly spec: PodSpec;
}

/** Pods of one template have one specification, before admission and after it. */
const admittedSpecs = new WeakMap<PodSpec, AdmittedSpec>();

function admitPod(lookup: AdmissionLookup, options: AdmissionOptions, pod: Pod): Admitted<Pod> {
  const { spec, metadata } = pod;
  const isMirror = metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
  let account: string | undefined;
  if (options.serviceAccount && !isMirror) {
    account = spec.serviceAccountName ?? 'default';
    if (lookup.get(SERVICE_ACCOUNTS, metadata.namespace, account) === undefined) {
      const why = `error looking up service account ${metadata.namespace}/${account}: serviceaccount "${account}" not found`;
      return forbidden(PODS, metadata.name, why);
    }
  }
  const priority = admitPriority(lookup, pod);
  if (!priority.ok) return priority;
  const known = admittedSpecs.get(spec);
  if (known?.options === options && known.account === account && isSamePriority(known.priority, priority)) {
    return { ok: true, object: known.spec === spec ? pod : { ...pod, spec: known.spec } };
  }
  const admitted = admitSpec(options, spec, account, priority);
  admittedSpecs.set(spec, { options, account, priority, spec: admitted });
  return { ok: true, object: admitted === spec ? pod : { ...pod, spec: admitted } };
}

function isSamePriority(a: ResolvedPriority, b: ResolvedPriority): boolean {
  return a.value === b.value && a.className === b.className && a.preemptionPolicy === b.preemptionPolicy;
}

function admitSpec(
  options: AdmissionOptions,
  given: PodSpec,
  account: string | undefined,
  priority: ResolvedPriority,
): PodSpec {
  let spec = given;
  if (account !== undefined && spec.serviceAccountName === undefined) {
    spec = { ...spec, serviceAccountName: account, serviceAccount: account };
  }
  if (priority.value !== spec.priority || spec.preemptionPolicy === undefined) {
    const { value, className, preemptionPolicy } = priority;
    spec = {
      ...spec,
      priority: value,
      preemptionPolicy: spec.preemptionPolicy ?? preemptionPolicy,
      ...(className === undefined ? {} : { priorityClassName: className }),
    };
  }
  return options.defaultTolerationSeconds ? addTolerations(spec) : spec;
}

interface ResolvedPriority {
  readonly ok: true;
  readonly value: number;
  readonly className: string | undefined;
  readonly preemptionPolicy: 'Never' | 'PreemptLowerPriority';
}

/** Source: plugin/pkg/admission/priority. A number without a class is kept, as workload files of benchmarks give it. */
function admitPriority(lookup: AdmissionLookup, pod: Pod): ResolvedPriority | Refusal {
  const { priorityClassName, priority } = pod.spec;
  const resolved = (
    value: number,
    className?: string,
    policy?: 'Never' | 'PreemptLowerPriority',
  ): ResolvedPriority => ({
    ok: true,
    value,
    className,
    preemptionPolicy: policy ?? 'PreemptLowerPriority',
  });
  if (priorityClassName === undefined || priorityClassName === '') {
    if (priority !== undefined) return resolved(priority);
    const standard = lookup.defaultPriorityClass();
    return standard === undefined
      ? resolved(0)
      : resolved(standard.value, standard.metadata.name, standard.preemptionPolicy);
  }
  const system = SYSTEM_PRIORITIES[priorityClassName];
  const found = lookup.get(PRIORITY_CLASSES, undefined, priorityClassName);
  if (found !== undefined) return resolved(found.value, priorityClassName, found.preemptionPolicy);
  if (system !== undefined) return resolved(system, priorityClassName);
  return forbidden(PODS, pod.metadata.name, `no PriorityClass with name ${priorityClassName} was found`);
}

/** Longer lists of tolerations by the list they were made from, so that Pods of one template go on sharing. */
const lengthened = new WeakMap<readonly Toleration[], readonly Toleration[]>();

function addTolerations(spec: PodSpec): PodSpec {
  const given = spec.tolerations;
  if (given === undefined || given.length === 0) return { ...spec, tolerations: ADDED_TOLERATIONS };
  let all = lengthened.get(given);
  if (all === undefined) {
    const missing = ADDED_TOLERATIONS.filter((added) => !given.some((toleration) => covers(toleration, added)));
    all = missing.length === 0 ? given : [...given, ...missing];
    lengthened.set(given, all);
  }
  return all === given ? spec : { ...spec, tolerations: all };
}

function covers(toleration: Toleration, added: Toleration): boolean {
  const keyMatches = toleration.key === added.key || toleration.key === undefined || toleration.key === '';
  const effectMatches = toleration.effect === undefined || toleration.effect === 'NoExecute';
  return keyMatches && effectMatches;
}

function taintNewNode(node: Node): Node {
  const taints = node.spec?.taints ?? [];
  if (taints.some((taint) => taint.key === NOT_READY_TAINT.key && taint.effect === NOT_READY_TAINT.effect)) return node;
  return { ...node, spec: { ...node.spec, taints: [...taints, NOT_READY_TAINT] } };
}
