/** The ports of a Service on each of its Pods, found once for the Pods of one template, which share their containers. */
import type { Pod } from '../../objects/pod.ts';
import type { EndpointPort, Service } from '../../objects/service.ts';
import { endpointPorts } from './pod-endpoint.ts';
import { portsKey } from './slice-packing.ts';

export interface PodPorts {
  readonly ports: readonly EndpointPort[];
  /** As of `portsKey`. */
  readonly key: string;
}

export function portsReader(service: Service): (pod: Pod) => PodPorts {
  const byContainers = new WeakMap<object, PodPorts>();
  return (pod) => {
    const { containers } = pod.spec;
    const hasInitContainers = pod.spec.initContainers !== undefined;
    const known = hasInitContainers ? undefined : byContainers.get(containers);
    if (known !== undefined) return known;
    const ports = endpointPorts(service, pod);
    const fresh = { ports, key: portsKey(ports) };
    if (!hasInitContainers) byContainers.set(containers, fresh);
    return fresh;
  };
}
