/**
 * The Pods of a snapshot on a set of Nodes that need not be the snapshot's: who stays, who has to find another Node, and which Pods of
 * DaemonSets a Node brings along. A snapshot of Nodes and Pods does not hold the DaemonSets themselves, so their Pods stand for them: the
 * required node affinity of a template is not in its Pods, and nodeSelector and tolerations alone decide.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled
 */
import { boundToNode, eligibility } from '../../models/controllers/daemonset/daemon-pod.ts';
import type { Node } from '../../models/objects/node.ts';
import type { Pod } from '../../models/objects/pod.ts';

/** Set by the kubelet on the API's copy of a static Pod. */
const MIRROR = 'kubernetes.io/config.mirror';

function daemonSetOf({ metadata: { namespace, ownerReferences } }: Pod): string | undefined {
  const owner = ownerReferences?.find(({ kind, controller }) => controller === true && kind === 'DaemonSet');
  return owner === undefined ? undefined : `${namespace}/${owner.name}`;
}

/** Whether a Pod that loses its Node comes again elsewhere: one of a DaemonSet does not, nor does a static one. */
export function moves(pod: Pod): boolean {
  return pod.metadata.annotations?.[MIRROR] === undefined && daemonSetOf(pod) === undefined;
}

/** The Pod as its controller would make it again. */
export function withoutNode(pod: Pod): Pod {
  const { nodeName: _, ...spec } = pod.spec;
  return { ...pod, spec };
}

export interface SettledPods {
  /** Pods that have one of the Nodes. */
  readonly bound: readonly Pod[];
  /** Pods whose Node is not there, to be placed again. */
  readonly displaced: readonly Pod[];
}

/** @param known names of the snapshot's Nodes: what runs on these is in the snapshot */
export function settledPods(nodes: readonly Node[], pods: readonly Pod[], known: ReadonlySet<string>): SettledPods {
  if (pods.length === 0) return { bound: [], displaced: [] };
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  const stays = ({ spec }: Pod): boolean => names.has(spec.nodeName ?? '');
  const fresh = nodes.filter(({ metadata }) => !known.has(metadata.name));
  const daemons = [...daemonExamples(pods)].flatMap(([, example]) =>
    fresh.flatMap((node) => daemonPodOn(example, node) ?? []),
  );
  return {
    bound: [...pods.filter(stays), ...daemons],
    displaced: pods.filter((pod) => !stays(pod) && moves(pod)).map(withoutNode),
  };
}

/** One Pod of each DaemonSet. */
function daemonExamples(pods: readonly Pod[]): Map<string, Pod> {
  const examples = new Map<string, Pod>();
  for (const pod of pods) {
    const key = daemonSetOf(pod);
    if (key !== undefined && !examples.has(key)) examples.set(key, pod);
  }
  return examples;
}

function daemonPodOn(example: Pod, node: Node): Pod | undefined {
  const { name } = node.metadata;
  const spec = boundToNode(withoutNode(example).spec, name);
  if (!eligibility(spec, spec.tolerations ?? [], node).shouldRun) return undefined;
  const { uid: _, ...metadata } = example.metadata;
  return { ...example, metadata: { ...metadata, name: `${metadata.name}-${name}` }, spec: { ...spec, nodeName: name } };
}
