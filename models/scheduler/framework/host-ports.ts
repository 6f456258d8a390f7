/**
 * Host ports in use on a Node. They are a set, not counts: when two overlapping Pods share a port and one leaves, the
 * port counts as free, as in kube-scheduler.
 *
 * Source: staging/src/k8s.io/kube-scheduler/framework/types.go HostPortInfo, pkg/scheduler/util GetHostPorts.
 */
import type { Container, PodSpec } from '../../objects/pod.ts';

const ANY_IP = '0.0.0.0';

export interface HostPort {
  readonly ip: string;
  /** "TCP/8080". */
  readonly protocolPort: string;
}

/** The host ports of containers and sidecars; other init containers do not count. */
export function hostPortsOf(spec: PodSpec): readonly HostPort[] {
  const ports: HostPort[] = [];
  const collect = (container: Container): void => {
    for (const port of container.ports ?? []) {
      const hostPort = port.hostPort ?? 0;
      if (hostPort <= 0) continue;
      ports.push({ ip: port.hostIP || ANY_IP, protocolPort: `${port.protocol || 'TCP'}/${hostPort}` });
    }
  };
  for (const container of spec.initContainers ?? []) if (container.restartPolicy === 'Always') collect(container);
  for (const container of spec.containers) collect(container);
  return ports;
}

export class UsedHostPorts {
  /** IP to the ports in use there. */
  readonly #byIp = new Map<string, Set<string>>();

  get isEmpty(): boolean {
    return this.#byIp.size === 0;
  }

  add({ ip, protocolPort }: HostPort): void {
    let ports = this.#byIp.get(ip);
    if (ports === undefined) {
      ports = new Set();
      this.#byIp.set(ip, ports);
    }
    ports.add(protocolPort);
  }

  remove({ ip, protocolPort }: HostPort): void {
    const ports = this.#byIp.get(ip);
    if (ports === undefined) return;
    ports.delete(protocolPort);
    if (ports.size === 0) this.#byIp.delete(ip);
  }

  /** 0.0.0.0 conflicts with every address. */
  conflicts({ ip, protocolPort }: HostPort): boolean {
    if (ip !== ANY_IP) {
      return (this.#byIp.get(ANY_IP)?.has(protocolPort) ?? false) || (this.#byIp.get(ip)?.has(protocolPort) ?? false);
    }
    for (const ports of this.#byIp.values()) if (ports.has(protocolPort)) return true;
    return false;
  }

  clone(): UsedHostPorts {
    const copy = new UsedHostPorts();
    for (const [ip, ports] of this.#byIp) copy.#byIp.set(ip, new Set(ports));
    return copy;
  }
}
