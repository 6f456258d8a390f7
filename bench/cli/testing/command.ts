/** For tests that call the built program as a person does: a folder to work in, the command, and what it left. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url));
export const MAIN: string = join(ROOT, 'dist/bench/cli/main.js');

/** Makes the program from the sources as they are. */
export function build(): void {
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'], { cwd: ROOT });
}

/** Two policies on six Nodes, three runs of thirty Pods: a study of about a second. */
export const EXPERIMENT = `name: small
seed: 7
runs: 3
cluster:
  nodes:
    - { name: worker, count: 6, zones: [a, b], capacity: { cpu: 4, memory: 8Gi, pods: 110 } }
workload:
  - arrivals:
      name: job
      process: { kind: poisson, ratePerSecond: 2, count: 30 }
      lifetimeSeconds: { kind: exponential, mean: 20 }
      templates:
        - spec: { containers: [{ name: main, image: nginx, resources: { requests: { cpu: 500m, memory: 512Mi } } }] }
policies: [{ name: spread }, { name: pack }]
stop: { after: 10m }
`;

/** A new folder with these files. */
export function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'clockwork-cli-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Calls clockwork in a folder. */
export function clockwork(cwd: string, ...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

/** Every file of a run folder but machine.json, by name. */
export function contents(path: string): Record<string, string> {
  const names = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names
      .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
      .filter((name) => name !== 'machine.json')
      .map((name) => [name, readFileSync(join(path, name), 'utf8')]),
  );
}

/** The digests that a summary prints. */
export const digests = (text: string): string[] => text.match(/^[0-9a-f]{16}/gm) ?? [];
