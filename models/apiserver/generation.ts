/**
 * `metadata.generation`: which kinds have one, and what raises it.
 * Source: pkg/registry (the strategy.go files: PrepareForCreate, PrepareForUpdate).
 */
import type { KubeObject } from '../objects/meta.ts';
import type { EndpointSlice } from '../objects/service.ts';
import { semanticEqual } from '../objects/semantic-equal.ts';

const WITH_GENERATION: ReadonlySet<string> = new Set([
  'Pod',
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'DaemonSet',
  'StatefulSet',
  'Job',
  'CronJob',
  'EndpointSlice',
  'PodDisruptionBudget',
  'PriorityClass',
]);

export function hasGeneration(kind: string): boolean {
  return WITH_GENERATION.has(kind);
}

type WithSpec = KubeObject & { readonly spec?: unknown };

/** Whether a change raises the generation: one of the specification, and what else a kind counts as such. */
export function raisesGeneration(old: KubeObject, next: KubeObject): boolean {
  if (!WITH_GENERATION.has(next.kind)) return false;
  if (next.kind === 'EndpointSlice') {
    const [a, b] = [old as EndpointSlice, next as EndpointSlice];
    return !(
      semanticEqual(a.endpoints, b.endpoints) &&
      semanticEqual(a.ports, b.ports) &&
      semanticEqual(a.metadata.labels, b.metadata.labels)
    );
  }
  if (!semanticEqual((old as WithSpec).spec, (next as WithSpec).spec)) return true;
  return next.kind === 'Deployment' && !semanticEqual(old.metadata.annotations, next.metadata.annotations);
}
