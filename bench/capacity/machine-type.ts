/** The machine types of a plan with what the catalogue says of them. */
import type { Taint } from '../../models/objects/node.ts';
import { BadInputError } from '../bad-input.ts';
import { type Catalogue, parseCatalogue, typeNamed } from '../catalogue/machine-types.ts';
import { type CompleteEntry, withType } from '../catalogue/with-type.ts';
import { type FieldPath, fieldText, type SourceDocument } from '../workloads/documents.ts';
import type { Plan, PlanType } from './plan-schema.ts';

/** A type with all that its Nodes are made of. */
export interface CompleteType extends CompleteEntry {
  /** Nodes are called after it. */
  readonly name: string;
  readonly zones?: readonly string[] | undefined;
  readonly taints?: readonly Taint[] | undefined;
  /** At most so many. */
  readonly most?: number | undefined;
}

/** @throws BadInputError for an unknown type, a name that two types have, and a price that is needed */
export function completeTypes(
  { find, nodes: { types = [], catalogue: file } }: Plan,
  texts: Readonly<Record<string, string>>,
  document: SourceDocument,
): CompleteType[] {
  const catalogue = file === undefined ? undefined : parseCatalogue(file, texts[file] ?? '');
  const refuse = (index: number, field: string, message: string): never => {
    const path: FieldPath = ['nodes', 'types', index, field];
    throw new BadInputError(message, { file: document.file, line: document.lineOf(path), field: fieldText(path) });
  };
  const names = new Set<string>();
  return types.map((written, index) => {
    const machine = written.type === undefined ? undefined : typeNamed(catalogue as Catalogue, written.type);
    if (machine !== undefined && 'unknown' in machine) refuse(index, 'type', machine.unknown);
    const complete = completeType(written, catalogue);
    if (names.has(complete.name))
      refuse(index, 'name', `found ${complete.name} a second time; accepted: one for each type`);
    names.add(complete.name);
    if (find === 'cheapest' && complete.price === undefined) {
      refuse(index, 'price', 'found none with find cheapest; accepted: a number from 0');
    }
    return complete;
  });
}

export function completeType(written: PlanType, catalogue?: Catalogue): CompleteType {
  const { type, name, zones, taints, most } = written;
  const own = name ?? (type ?? '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return { name: own, zones, taints, most, ...withType(written, catalogue) };
}
