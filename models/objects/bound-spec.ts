/**
 * The spec of a Pod that has got its Node. One is made for each Pod, so it must be small: written as one literal, specs with the same
 * fields share one hidden class and keep their fields in the object itself.
 */
import { copyOf, hasFields } from './field-layout.ts';
import type { PodSpec } from './pod.ts';

/** Fields of the spec of a Pod whose template says no more than what each needs, in the order in which defaults leave them, which files and printers show. */
const USUAL_FIELDS = [
  'containers',
  'restartPolicy',
  'terminationGracePeriodSeconds',
  'dnsPolicy',
  'securityContext',
  'schedulerName',
  'enableServiceLinks',
  'serviceAccountName',
  'serviceAccount',
  'priority',
  'preemptionPolicy',
  'tolerations',
] as const;

type UsualSpec = Required<Pick<PodSpec, (typeof USUAL_FIELDS)[number]>>;

export function boundSpec(spec: PodSpec, nodeName: string): PodSpec {
  return hasFields(spec, USUAL_FIELDS) ? usualSpec(spec, nodeName) : anySpec(spec, nodeName);
}

function usualSpec(spec: UsualSpec, nodeName: string): PodSpec {
  return {
    containers: spec.containers,
    restartPolicy: spec.restartPolicy,
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds,
    dnsPolicy: spec.dnsPolicy,
    securityContext: spec.securityContext,
    schedulerName: spec.schedulerName,
    enableServiceLinks: spec.enableServiceLinks,
    serviceAccountName: spec.serviceAccountName,
    serviceAccount: spec.serviceAccount,
    priority: spec.priority,
    preemptionPolicy: spec.preemptionPolicy,
    tolerations: spec.tolerations,
    nodeName,
  };
}

function anySpec(spec: PodSpec, nodeName: string): PodSpec {
  const bound = copyOf(spec);
  bound.nodeName = nodeName;
  return bound as unknown as PodSpec;
}
