/** The files that an experiment or a plan names: their texts, under names that mean the same in a run folder, and the digest over all. */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { BadInputError } from '../bad-input.ts';
import { readText } from '../workloads/documents.ts';

/** 12 hexadecimal digits over what was written and every file it names. */
export function digestOf(written: unknown, inputs: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256').update(JSON.stringify(written));
  for (const name of Object.keys(inputs).sort()) hash.update(`\0${name}\0${inputs[name]}`);
  return hash.digest('hex').slice(0, 12);
}

const MANIFEST_FILE = /\.(?:ya?ml|json)$/i;

/** The files of a study and their names in its run folder: inputs/NAME, with a number where two have the same name. */
export class Inputs {
  readonly texts: Record<string, string> = {};
  readonly sources: Record<string, string> = {};
  readonly #nameOfPath = new Map<string, string>();
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Files, and the manifests of folders in order of their names. */
  take(paths: string | readonly string[]): string[] {
    return [paths].flat().flatMap((path) => {
      const place = this.#place(path);
      const stats = statSync(place, { throwIfNoEntry: false });
      if (stats === undefined) throw new BadInputError('no such file or folder', { file: place });
      if (!stats.isDirectory()) return [this.takeFile(path)];
      const names = readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((name) =>
        MANIFEST_FILE.test(name),
      );
      if (names.length === 0) throw new BadInputError('holds no .yaml, .yml or .json file', { file: place });
      return names.sort().map((name) => this.takeFile(join(path, name)));
    });
  }

  takeFile(path: string): string {
    const place = this.#place(path);
    const known = this.#nameOfPath.get(place);
    if (known !== undefined) return known;
    const text = readText(place);
    const base = basename(path);
    let name = `inputs/${base}`;
    for (let number = 2; name in this.texts; number++) name = `inputs/${number}-${base}`;
    this.texts[name] = text;
    this.sources[name] = place;
    this.#nameOfPath.set(place, name);
    return name;
  }

  #place(path: string): string {
    return isAbsolute(path) ? path : join(this.#folder, path);
  }
}
