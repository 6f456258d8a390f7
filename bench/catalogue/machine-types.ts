/**
 * The catalogue of machine types: a CSV file whose columns README.md beside it explains, read as data. A file of a person's own
 * is read by the same rules.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { csvParseRows } from 'd3-dsv';
import type { ResourceList } from '../../models/objects/meta.ts';
import { BadInputError } from '../bad-input.ts';
import { closeNames } from './close-names.ts';

/** One machine type. */
export interface MachineType {
  readonly type: string;
  readonly provider: string;
  /** node.kubernetes.io/instance-type, and kubernetes.io/arch where it is known. */
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: ResourceList;
  /** What of the capacity Pods may have: other amounts than these are all theirs. */
  readonly allocatable: ResourceList;
  /** Of one machine for an hour, in the currency of the file. */
  readonly pricePerHour: number | undefined;
}

/** Label by which a Node of a real cluster says its machine type. */
export const INSTANCE_TYPE = 'node.kubernetes.io/instance-type';

const COLUMNS = [
  'type',
  'provider',
  'arch',
  'cpu',
  'memoryMib',
  'gpus',
  'pods',
  'cpuAllocatableMillis',
  'memoryAllocatableMib',
  'pricePerHour',
] as const;
type ColumnName = (typeof COLUMNS)[number];

export type Catalogue = ReadonlyMap<string, MachineType>;

/** The file of this project: beside this source, or in the tree from which it was built. */
export function builtInCatalogue(): string {
  const beside = fileURLToPath(new URL('machine-types.csv', import.meta.url));
  return existsSync(beside)
    ? beside
    : fileURLToPath(new URL('../../../bench/catalogue/machine-types.csv', import.meta.url));
}

const read = new Map<string, Catalogue>();

/** Read once for each text. @throws BadInputError with file, line and column */
export function parseCatalogue(file: string, text: string): Catalogue {
  let catalogue = read.get(text);
  if (catalogue === undefined) {
    catalogue = catalogueOf(file, text);
    read.set(text, catalogue);
  }
  return catalogue;
}

function catalogueOf(file: string, text: string): Catalogue {
  const [head = [], ...rows] = csvParseRows(text);
  if (head.join() !== COLUMNS.join()) {
    throw new BadInputError(`found the columns ${head.join()}; accepted: ${COLUMNS.join()}`, { file, line: 1 });
  }
  const types = new Map<string, MachineType>();
  for (const [index, row] of rows.entries()) {
    const line = index + 2;
    const machine = machineType(row, (column, found, accepted) => {
      throw new BadInputError(`found '${found}'; accepted: ${accepted}`, { file, line, field: column });
    });
    if (types.has(machine.type)) throw new BadInputError(`${machine.type} is listed twice`, { file, line });
    types.set(machine.type, machine);
  }
  return types;
}

function machineType(
  row: readonly string[],
  refuse: (column: ColumnName, found: string, accepted: string) => never,
): MachineType {
  const cell = (column: ColumnName): string => row[COLUMNS.indexOf(column)] ?? '';
  const number = (column: ColumnName, whole = true): number | undefined => {
    const text = cell(column);
    if (text === '') return undefined;
    if (!(whole ? /^[0-9]+$/ : /^[0-9]+(?:\.[0-9]+)?$/).test(text)) {
      refuse(column, text, whole ? 'a whole number from 0' : 'a number from 0');
    }
    return Number(text);
  };
  const needed = (column: ColumnName): number => number(column) ?? refuse(column, '', 'a whole number from 0');
  const type = cell('type');
  if (type === '') refuse('type', '', 'a name');
  const gpus = number('gpus') ?? 0;
  const capacity = { cpu: String(needed('cpu')), memory: `${needed('memoryMib')}Mi`, pods: String(needed('pods')) };
  const [cpu, memory] = [number('cpuAllocatableMillis'), number('memoryAllocatableMib')];
  const arch = cell('arch');
  return {
    type,
    provider: cell('provider'),
    labels: { ...(arch !== '' && { 'kubernetes.io/arch': arch }), [INSTANCE_TYPE]: type },
    capacity: { ...capacity, ...(gpus > 0 && { 'nvidia.com/gpu': String(gpus) }) },
    allocatable: {
      ...(cpu !== undefined && { cpu: `${cpu}m` }),
      ...(memory !== undefined && { memory: `${memory}Mi` }),
    },
    pricePerHour: number('pricePerHour', false),
  };
}

/** Finds a type, or says which ones are like it. */
export function typeNamed(catalogue: Catalogue, name: string): MachineType | { readonly unknown: string } {
  const found = catalogue.get(name);
  if (found !== undefined) return found;
  const near = closeNames(name, [...catalogue.keys()]);
  const accepted = `${near.length === 0 ? 'a type of the catalogue' : near.join(', ')}; clockwork plan --types lists all`;
  return { unknown: `found ${name}, which the catalogue does not have; accepted: ${accepted}` };
}
