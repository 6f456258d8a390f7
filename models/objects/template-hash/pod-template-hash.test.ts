/** The pod-template-hash: that of every recorded ReplicaSet, and what it depends on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { defaultTemplate } from '../defaults/pod-defaults.ts';
import type { PodTemplateSpec } from '../pod.ts';
import type { ReplicaSet } from '../workloads.ts';
import { podTemplateHash } from './pod-template-hash.ts';

const shared = process.env['CLOCKWORK_SHARED'] ?? resolve(import.meta.dirname, '../../../../shared');
const folder = resolve(shared, 'conformance/controlplane');
const LABEL = 'pod-template-hash';

interface Line {
  readonly k: string;
  readonly res?: string;
  readonly type?: string;
  readonly obj?: ReplicaSet;
}

/** The template of the Deployment: that of its ReplicaSet without the hash. */
function deploymentTemplate({ spec }: ReplicaSet): PodTemplateSpec {
  const { [LABEL]: _hash, ...labels } = spec.template.metadata?.labels ?? {};
  return { ...spec.template, metadata: { ...spec.template.metadata, labels } };
}

describe.skipIf(!existsSync(folder))(
  'recorded ReplicaSets (skipped without ../shared/conformance/controlplane)',
  () => {
    test('each has the hash of its template', () => {
      const found = new Map<string, string>();
      const expected = new Map<string, string>();
      for (const file of readdirSync(folder).filter((name) => name.endsWith('.gz'))) {
        const text = gunzipSync(readFileSync(resolve(folder, file))).toString('utf8');
        for (const line of text.trim().split('\n')) {
          const { k, res, type, obj } = JSON.parse(line) as Line;
          if (k !== 'watch' || res !== 'replicasets' || type !== 'ADDED' || obj === undefined) continue;
          // The recorder rewrote the time that a restart puts into the template.
          if (obj.spec.template.metadata?.annotations?.['kubectl.kubernetes.io/restartedAt'] !== undefined) continue;
          const key = `${file} ${obj.metadata.name}`;
          expected.set(key, obj.metadata.labels?.[LABEL] ?? '');
          found.set(key, podTemplateHash(deploymentTemplate(obj)));
        }
      }
      expect(expected.size).toBeGreaterThan(100);
      expect([...found]).toEqual([...expected]);
    });
  },
);

interface Note {
  readonly hashes?: readonly {
    readonly kind: string;
    readonly hash: string;
    /** Of a ReplicaSet: with the hash among its labels. */
    readonly template?: PodTemplateSpec;
    /** Of a ControllerRevision. */
    readonly data?: { readonly spec: { readonly template: PodTemplateSpec } };
  }[];
}

const RANDOM_TEMPLATES = resolve(folder, 's18-hashes.jsonl.gz');

test.skipIf(!existsSync(RANDOM_TEMPLATES))('random templates have the recorded hash (needs ../shared)', () => {
  const lines = gunzipSync(readFileSync(RANDOM_TEMPLATES)).toString('utf8').trim().split('\n');
  const { hashes = [] } = JSON.parse(lines.at(-1) as string) as Note;
  const wanted = hashes.filter(({ kind }) => kind === 'Deployment' || kind === 'DaemonSet');
  expect(wanted).toHaveLength(90);
  for (const { hash, template, data } of wanted) {
    const given = (template ?? data?.spec.template) as PodTemplateSpec;
    const { [LABEL]: _hash, ...labels } = given.metadata?.labels ?? {};
    expect(podTemplateHash({ ...given, metadata: { ...given.metadata, labels } })).toBe(hash);
  }
});

const template: PodTemplateSpec = {
  metadata: { labels: { app: 'httpd-app' } },
  spec: { containers: [{ name: 'httpd', image: 'httpd' }] },
};

test('the hash is that of the filled-in template', () => {
  expect(podTemplateHash(defaultTemplate(template))).toBe('5d5dfb6496');
});

test('a collision gives another hash, and the order of fields does not matter', () => {
  expect(podTemplateHash(template, 0)).not.toBe(podTemplateHash(template));
  expect(podTemplateHash(template, 1)).not.toBe(podTemplateHash(template, 0));
  const turned: PodTemplateSpec = {
    spec: { containers: [{ image: 'httpd', name: 'httpd' }] },
    metadata: { labels: { app: 'httpd-app' } },
  };
  expect(podTemplateHash(turned)).toBe(podTemplateHash(template));
});
