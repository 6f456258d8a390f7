/** kubectl's commands: what they change, and what they say. */
import { expect, test } from 'vitest';
import { Simulation } from '../../engine/index.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import { DEPLOYMENTS, NODES, PODS, type Resource, SERVICES } from '../objects/resources.ts';
import type { Service } from '../objects/service.ts';
import type { Deployment } from '../objects/workloads.ts';
import type { KubectlResult } from './invocation.ts';
import { Kubectl } from './kubectl.ts';
import { StaticClient } from './testing/static-client.ts';

function shell(manifests: readonly KubeObject[] = []) {
  const client = new StaticClient();
  const sim = new Simulation({ seed: 's' });
  let objects = manifests;
  const kubectl = new Kubectl(sim, client, { nowSeconds: () => 1_893_456_060, readManifests: () => objects });
  return {
    client,
    sim,
    withManifests(next: readonly KubeObject[]) {
      objects = next;
    },
    run(line: string): KubectlResult | undefined {
      let result: KubectlResult | undefined;
      kubectl.execute(line.split(' '), (value) => {
        result = value;
      });
      return result;
    },
    stored<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string): T {
      let object: T | undefined;
      client.get(resource, namespace, name, (result) => {
        if (result.ok) object = result.object;
      });
      return object as T;
    },
  };
}

const ok = (stdout: string): KubectlResult => ({ code: 0, stdout, stderr: '' });

test('run with replicas makes a Deployment, as kubectl did up to 1.17', () => {
  const { run, stored } = shell();
  const result = run('kubectl run httpd-app --image=httpd --replicas=2');
  expect(result?.stdout).toBe('deployment.apps/httpd-app created\n');
  expect(result?.stderr).toContain('--generator=deployment/apps.v1 is DEPRECATED');
  const deployment = stored(DEPLOYMENTS, 'default', 'httpd-app') as Deployment;
  expect(deployment.spec.replicas).toBe(2);
  expect(deployment.spec.selector).toEqual({ matchLabels: { run: 'httpd-app' } });
  expect(deployment.spec.template.spec.containers).toEqual([{ name: 'httpd-app', image: 'httpd' }]);
});

test('run without replicas makes a Pod', () => {
  const { run, stored } = shell();
  expect(run('kubectl run web --image=nginx --port=80')).toEqual(ok('pod/web created\n'));
  expect(stored(PODS, 'default', 'web').spec.containers[0]?.ports).toEqual([{ containerPort: 80 }]);
});

test('a Deployment is created, exposed, scaled, given an image and deleted', () => {
  const { run, stored } = shell();
  expect(run('create deployment web --image=nginx:1.25 --replicas=3 --port=8080 -n shop')).toEqual(
    ok('deployment.apps/web created\n'),
  );
  expect(run('expose deployment web --port=80 --target-port=8080 -n shop')).toEqual(ok('service/web exposed\n'));
  const service = stored(SERVICES, 'shop', 'web') as Service;
  expect(service.spec).toEqual({
    ports: [{ protocol: 'TCP', port: 80, targetPort: 8080 }],
    selector: { app: 'web' },
  });
  expect(run('scale deployment/web --replicas=10 -n shop')).toEqual(ok('deployment.apps/web scaled\n'));
  expect(run('set image deployment/web nginx=nginx:1.26 -n shop')).toEqual(ok('deployment.apps/web image updated\n'));
  const deployment = stored(DEPLOYMENTS, 'shop', 'web') as Deployment;
  expect(deployment.spec.replicas).toBe(10);
  expect(deployment.spec.template.spec.containers[0]?.image).toBe('nginx:1.26');
  expect(run('delete deployment web -n shop')).toEqual(ok('deployment.apps "web" deleted\n'));
  expect(run('get deployment web -n shop')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Error from server (NotFound): deployments.apps "web" not found\n',
  });
});

test.each([
  ['get nothing', 'error: the server doesn\'t have a resource type "nothing"\n'],
  ['scale deployment nope --replicas=2', 'error: no objects passed to scale deployments.apps "nope" not found\n'],
  ['delete pod nope', 'Error from server (NotFound): pods "nope" not found\n'],
  ['get pods --replicas=2', "error: unknown flag: --replicas\nSee 'kubectl get --help' for usage.\n"],
  ['create deployment web', 'error: required flag(s) "image" not set\n'],
  [
    'scale deployment web',
    'error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0\n',
  ],
])('%s is refused as kubectl refuses it', (line, stderr) => {
  expect(shell().run(line)).toEqual({ code: 1, stdout: '', stderr });
});

test('an empty list says so', () => {
  const { run } = shell();
  expect(run('get pods')).toEqual({ code: 0, stdout: '', stderr: 'No resources found in default namespace.\n' });
  expect(run('get pods -A')).toEqual({ code: 0, stdout: '', stderr: 'No resources found\n' });
});

function node(name: string): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { zone: name } }, spec: {} };
}

test('Nodes are cordoned, uncordoned, tainted and labelled', () => {
  const { run, client, stored } = shell();
  for (const name of ['node-0', 'node-1']) client.put(NODES as Resource, node(name));
  expect(run('cordon node-0')).toEqual(ok('node/node-0 cordoned\n'));
  expect(run('cordon node-0')).toEqual(ok('node/node-0 already cordoned\n'));
  expect(run('uncordon -l zone=node-0')).toEqual(ok('node/node-0 uncordoned\n'));
  expect(run('taint node node-1 dedicated=x:NoExecute')).toEqual(ok('node/node-1 tainted\n'));
  expect(stored(NODES, undefined, 'node-1').spec?.taints).toEqual([
    { key: 'dedicated', value: 'x', effect: 'NoExecute' },
  ]);
  expect(run('taint node node-1 dedicated=y:NoExecute')?.stderr).toBe(
    'error: node node-1 already has dedicated taint(s) with same effect(s) and --overwrite is false\n',
  );
  expect(run('taint node node-1 dedicated-')).toEqual(ok('node/node-1 untainted\n'));
  expect(run('label node node-1 disk=ssd')).toEqual(ok('node/node-1 labeled\n'));
  expect(run('label node node-1 disk=hdd')?.stderr).toBe(
    "error: 'disk' already has a value (ssd), and --overwrite is false\n",
  );
  expect(run('label node node-1 disk-')).toEqual(ok('node/node-1 unlabeled\n'));
});

function manifest(image: string, env: readonly object[]): KubeObject {
  const containers = [{ name: 'c', image, env }];
  const spec = {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
  };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec } as KubeObject;
}

test('apply creates, leaves alone, and merges three ways', () => {
  const first = manifest('a:1', [
    { name: 'A', value: '1' },
    { name: 'B', value: '2' },
  ]);
  const { run, stored, withManifests, client } = shell([first]);
  expect(run('apply -f web.yaml')).toEqual(ok('deployment.apps/web created\n'));
  expect(run('apply -f web.yaml')).toEqual(ok('deployment.apps/web unchanged\n'));
  const deployment = stored(DEPLOYMENTS, 'default', 'web') as Deployment;
  client.put(DEPLOYMENTS as Resource, { ...deployment, spec: { ...deployment.spec, replicas: 7 } } as KubeObject);
  withManifests([
    manifest('a:2', [
      { name: 'B', value: '3' },
      { name: 'C', value: '4' },
    ]),
  ]);
  expect(run('apply -f web.yaml')).toEqual(ok('deployment.apps/web configured\n'));
  const merged = stored(DEPLOYMENTS, 'default', 'web') as Deployment;
  expect(merged.spec.replicas).toBe(7);
  expect(merged.spec.template.spec.containers).toEqual([
    {
      name: 'c',
      image: 'a:2',
      env: [
        { name: 'B', value: '3' },
        { name: 'C', value: '4' },
      ],
    },
  ]);
});

test('rollout status follows a Deployment until it is rolled out, or the time is up', () => {
  const { run, client, sim } = shell();
  const web = (available: number): KubeObject =>
    ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default', generation: 1 },
      spec: { replicas: 2 },
      status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: available },
    }) as unknown as KubeObject;
  client.put(DEPLOYMENTS as Resource, web(0));
  let finished: KubectlResult | undefined;
  const kubectl = new Kubectl(sim, client, { nowSeconds: () => 0, readManifests: () => [] });
  kubectl.execute(['rollout', 'status', 'deployment/web'], (result) => {
    finished = result;
  });
  expect(finished).toBeUndefined();
  client.put(DEPLOYMENTS as Resource, web(1));
  client.put(DEPLOYMENTS as Resource, web(2));
  expect(finished).toEqual(
    ok(
      'Waiting for deployment "web" rollout to finish: 0 of 2 updated replicas are available...\n' +
        'Waiting for deployment "web" rollout to finish: 1 of 2 updated replicas are available...\n' +
        'deployment "web" successfully rolled out\n',
    ),
  );
  client.put(DEPLOYMENTS as Resource, web(0));
  expect(run('rollout status deployment/web --timeout=5s')).toBeUndefined();
  kubectl.execute(['rollout', 'status', 'deployment/web', '--timeout=5s'], (result) => {
    finished = result;
  });
  sim.runUntil({ timeMicros: 6_000_000 });
  expect(finished?.stderr).toBe('error: timed out waiting for the condition\n');
  expect(finished?.code).toBe(1);
});
