/** The shell: the example of the README runs, shows the way of a Deployment, and refuses what is no command. */
import { readFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { shell } from './shell.ts';
import { words } from './shell-session.ts';

const EXAMPLE = readFileSync(new URL('../examples/httpd.txt', import.meta.url), 'utf8');

async function run(text: string): Promise<{ code: number; printed: string }> {
  let printed = '';
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      printed += chunk.toString();
      done();
    },
  });
  const code = await shell(undefined, { input: Readable.from([text]), output });
  return { code, printed };
}

test('the example shows the way of a Deployment and of requests to its Service', async () => {
  const { code, printed } = await run(EXAMPLE);
  expect(code).toBe(0);
  for (const component of ['etcd-', 'kube-apiserver-', 'kube-scheduler-', 'coredns-', 'kube-proxy-', 'kube-flannel-']) {
    expect(printed).toContain(component);
  }
  const [first = '', second = ''] = printed.split('# A Service in front');
  for (const actor of ['kubectl', 'deployment-controller', 'replicaset-controller', 'scheduler', 'kubelet']) {
    expect(first).toMatch(new RegExp(`^\\d+\\.\\d{6} {2}${actor} `, 'm'));
  }
  expect(first).toMatch(/filters and scores: k8s0[12], 2 of 3 fit, score \d+ \(TaintToleration \d+, /);
  expect(first).not.toMatch(/^\d+\.\d{6} {2}kube-proxy/m);
  expect(second).toMatch(/^\d+\.\d{6} {2}kube-proxy .*default\/httpd-app/m);
  expect(second).toMatch(/^\d+\.\d{6} {2}CoreDNS .*httpd-app\.default\.svc\.cluster\.local/m);
});

test('the example prints what the golden file says', async () => {
  const { printed } = await run(EXAMPLE);
  await expect(printed).toMatchFileSnapshot('../examples/httpd.golden.txt');
});

test('wait lets the Pods of a deleted Deployment go', async () => {
  const { printed } = await run(
    'kubectl create deployment w --image=httpd --replicas=2\nwait\nkubectl delete deployment w\nwait\nkubectl get pods\n',
  );
  expect(printed).toMatch(/No resources found in default namespace\.\n$/);
});

test('the same lines give the same bytes', async () => {
  const lines =
    'kubectl create deployment w --image=httpd --replicas=3\nwait\nkubectl get pods -o wide\ntimeline deployment/w\n';
  expect((await run(lines)).printed).toBe((await run(lines)).printed);
});

test('advance lets virtual time run, and explain says what the scheduler decided', async () => {
  const { printed } = await run(
    'kubectl run big --image=x --requests=cpu=64\nadvance 90s\nkubectl get pod big\nexplain big\nexit\nnonsense\n',
  );
  expect(printed).toMatch(/big +0\/1 +Pending +0 +90s/);
  expect(printed).toContain('Unschedulable: 0/3 nodes are available');
  expect(printed).toMatch(/scheduler .*finds no Node/);
});

test('explain shows what every plugin says of every Node, as text and as JSON', async () => {
  const { printed } = await run(
    'kubectl run big --image=x --requests=cpu=64\nadvance 90s\nexplain big\nexplain big -o json\n',
  );
  expect(printed).toContain('now, by profile default-scheduler: 0 of 3 Nodes feasible');
  expect(printed).toMatch(/k8s01 +no +NodeResourcesFit: Insufficient cpu/);
  expect(printed).toMatch(/k8s-master +no +TaintToleration: .*; NodeResourcesFit: Insufficient cpu/);
  const json = JSON.parse(printed.slice(printed.indexOf('\n{') + 1, printed.lastIndexOf('\n}') + 2)) as {
    nodes: unknown[];
  };
  expect(json.nodes).toHaveLength(3);
});

test('explain shows the scores of a Pod that runs', async () => {
  const { printed } = await run('kubectl run small --image=x\nwait\nexplain small\n');
  expect(printed).toMatch(/ {2}k8s0[12] +\d+ +TaintToleration 100x3, NodeResourcesFit \d+x1/);
});

test.each([
  ['nonsense\n', "standard input:1: command is 'nonsense'; accepted: kubectl, advance,"],
  ['# a comment\nadvance soon\n', 'standard input:2: the duration is "soon"'],
  ['timeline deployment/nothing\n', 'standard input:1: nothing is known of deployment/nothing'],
])('%j is refused with its line', async (text, message) => {
  await expect(run(text)).rejects.toThrow(message);
});

test('words are cut as a shell cuts them', () => {
  expect(words(`kubectl  label 'a b' "c=d e" --x=''`)).toEqual(['kubectl', 'label', 'a b', 'c=d e', '--x=']);
});
