/** What the rules of a Node do, and when they say so. */
import { describe, expect, test } from 'vitest';
import { Simulation } from '../../engine/index.ts';
import { PodStore } from '../kubelet/testing/pod-store.ts';
import { DEFAULT_NETWORK_SETTINGS } from '../network/network-settings.ts';
import { ENDPOINT_SLICES, SERVICES } from '../objects/resources.ts';
import type { EndpointSlice, Service, ServiceSpec } from '../objects/service.ts';
import { type Flow, KubeProxies } from './kube-proxies.ts';
import { SERVICE_NAME_LABEL, ServiceLog } from './service-log.ts';

const SECOND = 1_000_000;

interface World {
  readonly sim: Simulation;
  readonly store: PodStore;
  readonly proxies: KubeProxies;
  run(toSeconds: number): void;
  endpoints(...addresses: string[]): void;
  service(spec?: Partial<ServiceSpec>): void;
  route(nodeName?: string, clientAddress?: string): string;
}

function world(): World {
  const sim = new Simulation({ seed: 'proxy' });
  const store = new PodStore(sim);
  const settings = DEFAULT_NETWORK_SETTINGS;
  const log = new ServiceLog(sim, store.client('kube-proxy'), KubeProxies.keepMicros(settings));
  const proxies = new KubeProxies(sim, log, settings, () => undefined);
  proxies.assume('n1');
  proxies.assume('n2');
  return {
    sim,
    store,
    proxies,
    run: (toSeconds) => sim.runUntil({ timeMicros: toSeconds * SECOND }),
    endpoints: (...addresses) => {
      const slice: EndpointSlice = {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'web-1', namespace: 'default', labels: { [SERVICE_NAME_LABEL]: 'web' } },
        addressType: 'IPv4',
        endpoints: addresses.map((address) => ({
          addresses: [address],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: 'n1',
        })),
        ports: [{ name: '', port: 8080, protocol: 'TCP' }],
      };
      store.put(ENDPOINT_SLICES, slice);
    },
    service: (spec = {}) => {
      const service: Service = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'default' },
        spec: { clusterIP: '10.96.1.1', ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }], ...spec },
      };
      store.put(SERVICES, service);
    },
    route: (nodeName = 'n1', clientAddress = '10.244.0.2') => {
      const flow: Flow = { clientAddress, address: '10.96.1.1', port: 80, protocol: 'TCP' };
      const verdict = proxies.route(nodeName, flow, false);
      return verdict.kind === 'endpoint' ? verdict.endpoint.text : verdict.kind;
    },
  };
}

describe('programming', () => {
  test('a first change is programmed at once, a second one waits for minSyncPeriod after the end of the first', () => {
    const { run, service, endpoints, route } = world();
    run(10);
    service();
    run(10.02);
    expect(route()).toBe('none');
    run(10.1);
    expect(route()).toBe('reject');
    endpoints('10.244.1.2');
    run(10.9);
    expect(route()).toBe('reject');
    run(11.2);
    expect(route()).toBe('10.244.1.2:8080');
  });

  test('asking often or seldom gives the same rules at the same time', () => {
    const outcome = (askEvery: number): (number | undefined)[] => {
      const { sim, run, endpoints, service, proxies } = world();
      service();
      for (let i = 0; i < 40; i++) sim.after(i * 333_000, () => endpoints(`10.244.1.${i + 2}`));
      for (let second = askEvery; second < 20; second += askEvery) {
        run(second);
        if (askEvery < 20) proxies.programmedOn('n1');
      }
      run(20);
      return [proxies.programmedOn('n1'), proxies.programmedOn('n2')];
    };
    expect(outcome(0.25)).toEqual(outcome(19));
  });

  test('the rules of a stopped proxy stay as they were', () => {
    const { run, service, endpoints, route, proxies } = world();
    service();
    endpoints('10.244.1.2');
    run(5);
    proxies.stopped('n1');
    endpoints('10.244.1.3');
    run(10);
    expect([route('n1'), route('n2')]).toEqual(['10.244.1.2:8080', '10.244.1.3:8080']);
    proxies.started('n1');
    run(12);
    expect(route('n1')).toBe('10.244.1.3:8080');
  });
});

describe('choosing', () => {
  test('endpoints are taken with equal chances', () => {
    const { run, service, endpoints, route } = world();
    service();
    endpoints('10.244.1.2', '10.244.1.3', '10.244.1.4');
    run(5);
    const counts = new Map<string, number>();
    for (let i = 0; i < 3000; i++) {
      const text = route();
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    expect([...counts.values()].every((count) => count > 900 && count < 1100)).toBe(true);
    expect(counts.size).toBe(3);
  });

  test('ClientIP affinity keeps a client’s endpoint until it goes or the time runs out', () => {
    const { run, service, endpoints, route } = world();
    service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } });
    endpoints('10.244.1.2', '10.244.1.3');
    run(5);
    const first = route();
    for (let i = 0; i < 30; i++) expect(route()).toBe(first);
    endpoints(first === '10.244.1.2:8080' ? '10.244.1.3' : '10.244.1.2');
    run(10);
    expect(route()).not.toBe(first);
  });

  test('internalTrafficPolicy Local drops what no endpoint on the Node can take', () => {
    const { run, service, endpoints, route } = world();
    service({ internalTrafficPolicy: 'Local' });
    endpoints('10.244.1.2');
    run(5);
    expect([route('n1'), route('n2')]).toEqual(['10.244.1.2:8080', 'drop']);
  });

  test('a Service without endpoints refuses', () => {
    const { run, service, route } = world();
    service();
    run(5);
    expect(route()).toBe('reject');
  });
});
