/** Tests of the manifest reader: every shape of file that people have, and one clear message for each thing wrong. */
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readManifests } from './manifests.ts';

const SHARED = process.env.CLOCKWORK_SHARED ?? fileURLToPath(new URL('../../../shared', import.meta.url));

const pod = (name: string, extra = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n${extra}spec:\n  containers:\n  - name: main\n    image: nginx\n`;

/** Writes a file into a fresh folder and gives its path. */
function file(name: string, text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'clockwork-')), name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const names = (path: string): string[] => readManifests([path]).manifests.map(({ object }) => object.metadata.name);

/** The message with the folder cut off. */
function messageOf(path: string): string {
  try {
    readManifests([path]);
  } catch (error) {
    expect((error as Error).name).toBe('BadInputError');
    return (error as Error).message.replaceAll(join(path, '..'), '.');
  }
  throw new Error('accepted');
}

describe('readManifests reads', () => {
  test('documents separated by ---, with comments, empty ones and Windows line ends', () => {
    expect(
      names(file('a.yaml', `# head\n---\n${pod('a')}---\n# nothing\n--- \n${pod('b').replaceAll('\n', '\r\n')}`)),
    ).toEqual(['a', 'b']);
  });

  test('a kind: List in YAML whose items are not all plain', () => {
    const items = ['a', 'b', 'c'].map(
      (name) => `- apiVersion: v1\n  kind: Node\n  metadata:\n    annotations: {x: "y\\n"}\n    name: ${name}\n`,
    );
    expect(
      names(file('a.yaml', `apiVersion: v1\nitems:\n${items.join('')}kind: List\nmetadata:\n  resourceVersion: ""\n`)),
    ).toEqual(['a', 'b', 'c']);
  });

  test('a typed list in JSON whose items have no kind', () => {
    const list = {
      apiVersion: 'v1',
      kind: 'NodeList',
      items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
    };
    expect(names(file('a.json', JSON.stringify(list)))).toEqual(['a', 'b']);
  });

  test('anchors and merge keys', () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- &first\n  apiVersion: v1\n  kind: Node\n  metadata: {name: a}\n- <<: *first\n  metadata: {name: b}\n`;
    expect(names(file('a.yaml', text))).toEqual(['a', 'b']);
  });

  test('the files of a folder by name, and nothing else in it', () => {
    const path = join(file('b/2.yaml', pod('two')), '../..');
    writeFileSync(
      join(path, 'b/1.json'),
      JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'one' } }),
    );
    writeFileSync(join(path, 'b/notes.txt'), 'not: [a manifest');
    expect(names(path)).toEqual(['one', 'two']);
  });

  test('a namespaced object without namespace into default, and drops managedFields', () => {
    const [manifest] = readManifests([file('a.yaml', pod('a', '  managedFields:\n  - manager: kubectl\n'))]).manifests;
    expect(manifest?.object.metadata).toEqual({ name: 'a', namespace: 'default' });
  });
});

describe('readManifests reports', () => {
  test('namespaces that are used and not defined', () => {
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: defined\n';
    const used = ['defined', 'used', 'kube-system', 'used'].map((name, i) => pod(`p${i}`, `  namespace: ${name}\n`));
    expect(readManifests([file('a.yaml', [namespace, ...used].join('---\n'))]).createdNamespaces).toEqual(['used']);
  });

  test('kinds that Kubernetes has and no model, once with a count and the first place', () => {
    const policy = (name: string): string =>
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: ${name}\n`;
    const { notModelled, manifests } = readManifests([
      file('a.yaml', [pod('a'), policy('x'), policy('y')].join('---\n')),
    ]);
    expect(manifests).toHaveLength(1);
    expect(notModelled).toEqual([
      { what: 'kind NetworkPolicy (networking.k8s.io/v1)', count: 2, first: expect.stringMatching(/a\.yaml:10$/) },
    ]);
  });
});

describe('readManifests knows the fields of Kubernetes', () => {
  test('fields that no model reads are reported for each object, also where specs are shared', () => {
    const set = readManifests([
      file(
        'a.yaml',
        ['a', 'b'].map((name) => pod(name).replace('spec:', 'spec:\n  runtimeClassName: kata')).join('---\n'),
      ),
    ]);
    expect(set.notModelled).toEqual([
      { what: 'Pod spec.runtimeClassName', count: 2, first: expect.stringMatching(/a\.yaml:6$/) },
    ]);
  });

  test.each([
    [
      'of a container',
      pod('a').replace('    image', '    imagePolicy: x\n    image'),
      './a.yaml:8: spec.containers[0].imagePolicy: there is no such field; accepted: args, command',
    ],
    [
      'of a Pod',
      pod('a').replace('spec:', 'spce: {}\nspec:'),
      './a.yaml:5: spce: there is no such field; accepted: spec, status',
    ],
    [
      'of a template',
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n    spec:\n      contaners: []\n`,
      './a.yaml:8: spec.template.spec.contaners: there is no such field',
    ],
    [
      'of a kind',
      'apiVersion: v1\nkind: Node\nmetadata: {name: a}\nspec:\n  taint: []\n',
      './a.yaml:5: spec.taint: there is no such field; accepted: configSource',
    ],
  ])('a field %s that Kubernetes does not have is refused', (_, text, message) => {
    expect(messageOf(file('a.yaml', text))).toContain(message);
  });
});

describe('readManifests refuses', () => {
  test.each([
    ['broken YAML', pod('a').replace('  name: a', '  name: [a'), './a.yaml:5: is not valid YAML'],
    [
      'a second object of the same kind, namespace and name',
      `${pod('a')}---\n${pod('a')}`,
      './a.yaml:13: metadata.name: Pod default/a is defined a second time; the first is at ./a.yaml:4',
    ],
    [
      'a negative quantity',
      `${pod('a')}    resources:\n      requests:\n        cpu: -1\n`,
      './a.yaml:11: spec.containers[0].resources.requests.cpu: found -1; accepted are quantities that are not negative',
    ],
    [
      'what is no quantity',
      `${pod('a')}    resources:\n      limits:\n        memory: 1GiB\n`,
      './a.yaml:11: spec.containers[0].resources.limits.memory: found "1GiB"; accepted is a quantity',
    ],
    [
      'a name that Kubernetes would refuse',
      pod('A_b'),
      './a.yaml:4: metadata.name: found "A_b"; accepted: lower-case letters',
    ],
    [
      'what the API server would refuse',
      pod('a').replace('image: nginx', 'imagePullPolicy: Never'),
      './a.yaml:7: spec.containers[0].image: Required value',
    ],
    [
      'a list in the place of an object',
      pod('a').replace('spec:', 'spec:\n  nodeSelector: []\n  affinity: [1]'),
      './a.yaml:6: spec.nodeSelector: found a list; accepted is an object',
    ],
    [
      'a list in the place of an object with fields',
      pod('a').replace('spec:', 'spec:\n  affinity: [1]'),
      './a.yaml:6: spec.affinity: found a list; accepted is an object',
    ],
    [
      'a text in the place of a number',
      pod('a').replace('spec:', 'spec:\n  terminationGracePeriodSeconds: "30"'),
      './a.yaml:6: spec.terminationGracePeriodSeconds: found "30"; accepted is a whole number',
    ],
    [
      'a number in the place of a text',
      pod('a').replace('spec:', '  labels: { tier: 1 }\nspec:'),
      './a.yaml:5: metadata.labels.tier: found 1; accepted is a text',
    ],
    ['no name', pod('a').replace('  name: a\n', '  labels: {}\n'), './a.yaml:3: metadata.name: found nothing'],
    ['an unknown kind', pod('a').replace('kind: Pod', 'kind: Pdo'), './a.yaml:2: kind: found kind Pdo in v1'],
    [
      'a kind under the wrong apiVersion',
      pod('a').replace('kind: Pod', 'kind: Deployment'),
      'Deployment is in apps/v1',
    ],
    [
      'a document that is no object',
      '- a\n- b\n',
      './a.yaml:1: found a list; accepted is an object with apiVersion and kind',
    ],
  ])('%s', (_, text, message) => {
    expect(messageOf(file('a.yaml', text))).toContain(message);
  });

  test('a file that is not there, and an empty folder', () => {
    const path = file('a.yaml', '');
    expect(() => readManifests([`${path}x`])).toThrow('a.yamlx: no such file or folder');
    expect(() => readManifests([mkdtempSync(join(tmpdir(), 'clockwork-'))])).toThrow(
      'holds no .yaml, .yml or .json file',
    );
  });
});

test.skipIf(!existsSync(join(SHARED, 'traces/k8s-sims')))(
  'the 7064 Pods of k8s-sims share 87 specs (needs ../shared)',
  () => {
    const { manifests, createdNamespaces } = readManifests([join(SHARED, 'traces/k8s-sims/pods-1000.yaml')]);
    expect(manifests).toHaveLength(7064);
    expect(new Set(manifests.map(({ object }) => (object as { spec?: unknown }).spec)).size).toBe(87);
    expect(createdNamespaces).toEqual(['paib-gpu']);
  },
);
