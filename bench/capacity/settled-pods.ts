/**
 * The Pods of a snapshot on a set of Nodes that need not be the snapshot's: who stays, who has to find another Node, and which Pods of
 * DaemonSets a Node brings along. Where the DaemonSets themselves are not in the manifests, their Pods stand for them: the required node
 * affinity of a template is not in its Pods, and nodeSelector and tolerations alone decide.
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

/** A DaemonSet's Pod before it has a Node. */
export interface DaemonTemplate {
  readonly pod: Pod;
  /** On all Nodes; otherwise on those that are not of the snapshot, which has the others. */
  readonly everywhere: boolean;
}

export interface SettledPods {
  /** Pods that have one of the Nodes. */
  readonly bound: readonly Pod[];
  /** Pods whose Node is not there, to be placed again. */
  readonly displaced: readonly Pod[];
}

/** What decides who is where. */
export interface Snapshot {
  readonly bound: readonly Pod[];
  /** Names of the snapshot's Nodes: what runs on these is in the snapshot. */
  readonly nodeNames: ReadonlySet<string>;
  readonly daemons: readonly DaemonTemplate[];
}

export function settledPods(nodes: readonly Node[], { bound, nodeNames, daemons }: Snapshot): SettledPods {
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  const stays = ({ spec }: Pod): boolean => names.has(spec.nodeName ?? '');
  const fresh = nodes.filter(({ metadata }) => !nodeNames.has(metadata.name));
  const brought = daemons.flatMap(({ pod, everywhere }) =>
    (everywhere ? nodes : fresh).flatMap((node) => daemonPodOn(pod, node) ?? []),
  );
  return {
    bound: [...bound.filter(stays), ...brought],
    displaced: bound.filter((pod) => !stays(pod) && moves(pod)).map(withoutNode),
  };
}

/** One for each DaemonSet that has Pods and is not known by itself. */
export function daemonsOfPods(pods: readonly Pod[], known: readonly DaemonTemplate[]): DaemonTemplate[] {
  const seen = new Set(known.map(({ pod }) => daemonSetOf(pod)));
  return pods.flatMap((pod) => {
    const key = daemonSetOf(pod);
    if (key === undefined || seen.has(key)) return [];
    seen.add(key);
    return [{ pod: withoutOwnNode(pod), everywhere: false }];
  });
}

/** The controller has tied the Pod to its Node in the place of the template's node affinity. */
function withoutOwnNode(pod: Pod): Pod {
  const { affinity, ...spec } = withoutNode(pod).spec;
  const { nodeAffinity: _, ...others } = affinity ?? {};
  return { ...pod, spec: { ...spec, affinity: others } };
}

function daemonPodOn(template: Pod, node: Node): Pod | undefined {
  const { name } = node.metadata;
  const { spec } = template;
  if (!eligibility(spec, spec.tolerations ?? [], node).shouldRun) return undefined;
  const { uid: _, ...metadata } = template.metadata;
  const bound = { ...boundToNode(spec, name), nodeName: name };
  return { ...template, metadata: { ...metadata, name: `${metadata.name}-${name}` }, spec: bound };
}
