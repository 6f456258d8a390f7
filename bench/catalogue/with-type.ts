/** Puts together what an entry of a file says of its Nodes and what the catalogue says of their type. */
import type { ResourceList } from '../../models/objects/meta.ts';
import { BadInputError } from '../bad-input.ts';
import { builtInCatalogue, type Catalogue, parseCatalogue, typeNamed } from './machine-types.ts';
import { readText } from '../workloads/documents.ts';

/** Quantities as files write them. */
type Amounts = Readonly<Record<string, string | number>>;

/** What an entry may give beside its type; all of it comes before the catalogue's. */
export interface TypedEntry {
  readonly type?: string | undefined;
  readonly capacity?: Amounts | undefined;
  readonly allocatable?: Amounts | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly price?: number | undefined;
}

export interface CompleteEntry {
  readonly capacity: ResourceList;
  readonly allocatable?: ResourceList;
  readonly labels?: Readonly<Record<string, string>>;
  readonly price?: number;
}

/**
 * An amount of capacity that the entry gives is allocatable too, unless it says otherwise: the catalogue's reservation is for
 * the catalogue's machine.
 * @throws BadInputError for an unknown type
 */
export function withType(entry: TypedEntry, catalogue: Catalogue | undefined): CompleteEntry {
  const { type, labels, price } = entry;
  const [capacity, allocatable] = [
    entry.capacity as ResourceList | undefined,
    entry.allocatable as ResourceList | undefined,
  ];
  if (type === undefined || catalogue === undefined) {
    return {
      capacity: capacity ?? {},
      ...(allocatable && { allocatable }),
      ...(labels && { labels }),
      ...(price !== undefined && { price }),
    };
  }
  const machine = typeNamed(catalogue, type);
  if ('unknown' in machine) throw new BadInputError(`type: ${machine.unknown}`);
  const whole = { ...machine.capacity, ...capacity };
  const own = price ?? machine.pricePerHour;
  return {
    capacity: whole,
    allocatable: { ...whole, ...machine.allocatable, ...capacity, ...allocatable },
    labels: { ...machine.labels, ...labels },
    ...(own !== undefined && { price: own }),
  };
}

/** The catalogue of a file, or this project's own. @throws BadInputError */
export function readCatalogue(file: string = builtInCatalogue()): Catalogue {
  return parseCatalogue(file, readText(file));
}
