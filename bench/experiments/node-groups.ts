/** Node groups with what the catalogue says of their types, and the prices of all Nodes of an experiment. */
import type { Node } from '../../models/objects/node.ts';
import { NODES } from '../../models/objects/resources.ts';
import { BadInputError } from '../bad-input.ts';
import { type Catalogue, INSTANCE_TYPE, parseCatalogue, typeNamed } from '../catalogue/machine-types.ts';
import { type CompleteEntry, withType } from '../catalogue/with-type.ts';
import { fieldText, type SourceDocument } from '../workloads/documents.ts';
import type { Manifest } from '../workloads/manifests.ts';
import type { Study } from './load.ts';
import type { Experiment, NodeGroup } from './schema.ts';

/** A group whose type the catalogue has filled in. */
export type CompleteNodeGroup = Omit<NodeGroup, keyof CompleteEntry> & CompleteEntry;

/** Whether an experiment needs the catalogue: it names a type or a catalogue, now or in one of its cases. */
export function asksCatalogue({ cluster: { nodes, catalogue }, factors = {} }: Experiment): boolean {
  const asks = (entry: object): boolean => 'type' in entry || ('price' in entry && entry.price === 'catalogue');
  return catalogue !== undefined || nodes.some(asks) || /"type"|\.type"|"catalogue"/.test(JSON.stringify(factors));
}

function catalogueOf({ cluster: { catalogue } }: Experiment, inputs: Study['inputs']): Catalogue | undefined {
  return catalogue === undefined ? undefined : parseCatalogue(catalogue, inputs[catalogue] ?? '');
}

/** @throws BadInputError for a type that the catalogue does not have, with its line */
export function checkNodeTypes({ experiment, inputs, sources }: Study, document: SourceDocument): void {
  const { catalogue: name } = experiment.cluster;
  if (name === undefined) return;
  const catalogue = parseCatalogue(sources[name] ?? name, inputs[name] ?? '');
  for (const [index, entry] of experiment.cluster.nodes.entries()) {
    if (!('type' in entry) || entry.type === undefined) continue;
    const machine = typeNamed(catalogue, entry.type);
    if (!('unknown' in machine)) continue;
    const path = ['cluster', 'nodes', index, 'type'];
    throw new BadInputError(machine.unknown, {
      file: document.file,
      line: document.lineOf(path),
      field: fieldText(path),
    });
  }
}

/** @throws BadInputError for an unknown type */
export function nodeGroupsOf(experiment: Experiment, inputs: Study['inputs']): CompleteNodeGroup[] {
  const catalogue = catalogueOf(experiment, inputs);
  return experiment.cluster.nodes.flatMap((entry) =>
    'count' in entry ? [{ ...entry, ...withType(entry, catalogue) }] : [],
  );
}

/**
 * By name of the Node: of a group, of a file of manifests, or of the machine type that a Node's label names.
 * @throws BadInputError where a Node's label names no type of the catalogue that has a price
 */
export function nodePrices(
  experiment: Experiment,
  inputs: Study['inputs'],
  groups: readonly CompleteNodeGroup[],
  manifests: readonly Manifest[],
): Map<string, number> {
  const prices = new Map<string, number>();
  for (const { name, count, price } of groups) {
    if (price === undefined) continue;
    for (let i = 0; i < count; i++) prices.set(`${name}-${i}`, price);
  }
  const catalogue = catalogueOf(experiment, inputs);
  for (const entry of experiment.cluster.nodes) {
    if (!('manifests' in entry) || entry.price === undefined) continue;
    const files = [entry.manifests].flat();
    for (const manifest of manifests) {
      const { resource, object, place } = manifest;
      if (resource !== NODES || !files.includes(place.document.file)) continue;
      prices.set(object.metadata.name, entry.price === 'catalogue' ? labelPrice(manifest, catalogue) : entry.price);
    }
  }
  return prices;
}

function labelPrice({ object, place }: Manifest, catalogue: Catalogue | undefined): number {
  const type = object.metadata.labels?.[INSTANCE_TYPE];
  const price = type === undefined ? undefined : catalogue?.get(type)?.pricePerHour;
  if (price !== undefined) return price;
  const found = type === undefined ? `Node ${object.metadata.name} without the label ${INSTANCE_TYPE}` : type;
  throw new BadInputError(`price: catalogue: found ${found}; accepted: a type that the catalogue gives a price`, {
    file: place.document.file,
    line: place.document.line,
  });
}

/** Where some Nodes have a price and others not, the cost is that of some. */
export function notesOfPrices(
  prices: ReadonlyMap<string, number>,
  groups: readonly CompleteNodeGroup[],
  nodes: readonly Node[],
): string[] {
  const all = nodes.length + groups.reduce((sum, { count }) => sum + count, 0);
  if (prices.size === 0 || prices.size >= all) return [];
  return [`${all - prices.size} of ${all} Nodes have no price: the cost is that of the others`];
}
