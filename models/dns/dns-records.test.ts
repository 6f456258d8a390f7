/** The names of a cluster as CoreDNS answers them. */
import { beforeEach, describe, expect, test } from 'vitest';
import { Simulation } from '../../engine/index.ts';
import { PodStore } from '../kubelet/testing/pod-store.ts';
import type { KubeObject } from '../objects/meta.ts';
import { ENDPOINT_SLICES, NAMESPACES, SERVICES } from '../objects/resources.ts';
import { type DnsAnswer, DnsRecords } from './dns-records.ts';
import { candidateNames } from './resolver.ts';

let records: DnsRecords;

function service(name: string, spec: object): KubeObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec } as KubeObject;
}

beforeEach(() => {
  const sim = new Simulation({ seed: 'dns' });
  const store = new PodStore(sim);
  records = new DnsRecords(store.client('coredns'), 'cluster.local');
  store.put(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
  store.put(SERVICES, service('web', { clusterIP: '10.96.1.1', ports }));
  store.put(SERVICES, service('db', { clusterIP: 'None', ports }));
  store.put(SERVICES, service('out', { type: 'ExternalName', externalName: 'example.com' }));
  store.put(ENDPOINT_SLICES, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'db-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'db' } },
    addressType: 'IPv4',
    endpoints: [
      { addresses: ['10.244.1.2'], hostname: 'db-0', conditions: { ready: true } },
      { addresses: ['10.244.1.3'], conditions: { ready: true } },
      { addresses: ['10.244.1.4'], conditions: { ready: false } },
    ],
  } as KubeObject);
  sim.runUntil({ idle: true });
});

const ok = (...addresses: string[]): DnsAnswer => ({ code: 'NOERROR', addresses });

describe('A records', () => {
  test.each([
    ['web.shop.svc.cluster.local', ok('10.96.1.1')],
    ['db.shop.svc.cluster.local', ok('10.244.1.2', '10.244.1.3')],
    ['db-0.db.shop.svc.cluster.local', ok('10.244.1.2')],
    ['10-244-1-3.db.shop.svc.cluster.local', ok('10.244.1.3')],
    ['10-9-8-7.shop.pod.cluster.local', ok('10.9.8.7')],
    ['out.shop.svc.cluster.local', { code: 'CNAME', target: 'example.com' }],
    ['shop.svc.cluster.local', ok()],
    ['none.shop.svc.cluster.local', { code: 'NXDOMAIN' }],
    ['web.other.svc.cluster.local', { code: 'NXDOMAIN' }],
    ['x.web.shop.svc.cluster.local', { code: 'NXDOMAIN' }],
    ['example.com', { code: 'FORWARD' }],
  ] as [string, DnsAnswer][])('%s', (name, answer) => {
    expect(records.resolve(name)).toEqual(answer);
  });
});

test('SRV of a Service is its port, of a headless one a record for each endpoint', () => {
  expect(records.resolve('_http._tcp.web.shop.svc.cluster.local', 'SRV')).toMatchObject({
    srv: [{ target: 'web.shop.svc.cluster.local', port: 80 }],
  });
  expect(records.resolve('_http._tcp.db.shop.svc.cluster.local', 'SRV')).toMatchObject({
    srv: [{ target: 'db-0.db.shop.svc.cluster.local' }, { target: '10-244-1-3.db.shop.svc.cluster.local' }],
  });
});

describe('the resolver of a Pod', () => {
  test('tries a short name through the search list first', () => {
    expect(candidateNames('web', 'shop', 'cluster.local')).toEqual([
      'web.shop.svc.cluster.local',
      'web.svc.cluster.local',
      'web.cluster.local',
      'web',
    ]);
  });

  test('takes a name with five dots, or one that ends in a dot, as it is first', () => {
    expect(candidateNames('a.b.c.d.e.f', 'shop', 'cluster.local')[0]).toBe('a.b.c.d.e.f');
    expect(candidateNames('web.shop.', 'shop', 'cluster.local')).toEqual(['web.shop']);
  });
});
