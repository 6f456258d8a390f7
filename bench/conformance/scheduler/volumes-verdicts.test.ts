/** The verdicts of the volume plugins, on the selection in the repository and on the complete recordings where they are at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type VolumeCaseLine, VolumeCluster, type VolumeClusterLine, volumeDifferences } from './volumes-verdicts.ts';

const SELECTION = new URL('../recordings/scheduler/l-volumes.jsonl.gz', import.meta.url);
const SHARED = process.env['CLOCKWORK_SHARED'] ?? new URL('../../../../shared', import.meta.url).pathname;

type Line = Partial<VolumeClusterLine> & Partial<VolumeCaseLine>;

function read(file: string | URL): Line[] {
  const text = gunzipSync(readFileSync(file)).toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

function replay(lines: readonly Line[]): { readonly cases: number; readonly differences: readonly string[] } {
  let cases = 0;
  let cluster: VolumeCluster | undefined;
  const differences: string[] = [];
  for (const line of lines) {
    if (line.cluster !== undefined) cluster = new VolumeCluster(line as VolumeClusterLine);
    if (line.case === undefined || cluster === undefined) continue;
    cases++;
    for (const text of volumeDifferences(cluster, line as VolumeCaseLine)) differences.push(`${line.case} ${text}`);
  }
  return { cases, differences };
}

test('the volume plugins agree with the selection of recorded cases', () => {
  const { cases, differences } = replay(read(SELECTION));
  expect(cases).toBeGreaterThan(100);
  expect(differences).toEqual([]);
});

for (const name of ['l-volumes', 'l-volumes-intree']) {
  const file = `${SHARED}/conformance/scheduler/${name}.jsonl.gz`;
  test.skipIf(!existsSync(file))(`the volume plugins agree with all of ${name} (needs ../shared)`, () => {
    expect(replay(read(file)).differences).toEqual([]);
  });
}

test('a volume that is taken away makes a difference', () => {
  const lines = read(SELECTION).map((line) => (line.cluster === undefined ? line : { ...line, persistentVolumes: [] }));
  expect(replay(lines).differences.length).toBeGreaterThan(10);
});
