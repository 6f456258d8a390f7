/** What each question of a plan needs, and what it cannot be asked with. */
import type { Node } from '../../models/objects/node.ts';
import { BadInputError } from '../bad-input.ts';
import { type FieldPath, fieldText, type SourceDocument } from '../workloads/documents.ts';
import { ZONE } from './fit.ts';
import type { Plan } from './plan-schema.ts';

function refusal(document: SourceDocument, path: FieldPath, message: string): BadInputError {
  return new BadInputError(message, { file: document.file, line: document.lineOf(path), field: fieldText(path) });
}

/** @throws BadInputError with file, line, field, what was found and what is accepted */
export function checkQuestion({ find, nodes, pods, template, objectives }: Plan, document: SourceDocument): void {
  const refuse = (path: FieldPath, found: string, accepted: string): never => {
    throw refusal(document, path, `found ${found}; accepted: ${accepted}`);
  };
  const { types, manifests } = nodes;
  const isSnapshot = find === 'replicas' || find === 'removable';
  if (types !== undefined && manifests !== undefined) refuse(['nodes'], 'both types and manifests', 'one of them');
  if (types === undefined && manifests === undefined) {
    refuse(['nodes'], 'neither types nor manifests', isSnapshot ? 'manifests: the snapshot' : 'one of them');
  }
  if (isSnapshot && manifests === undefined) {
    refuse(['nodes', 'types'], `types with find ${find}`, 'manifests: the snapshot');
  }
  if (find === 'nodes' && types !== undefined && types.length > 1) {
    refuse(['nodes', 'types'], `${types.length} types with find nodes`, 'one; for several: find cheapest');
  }
  if (find === 'cheapest' && types === undefined)
    refuse(['nodes', 'manifests'], 'manifests with find cheapest', 'types');
  if (types !== undefined && pods === undefined)
    refuse(['pods'], `none with find ${find}`, 'files with the Pods to place');
  if (find === 'replicas' && template === undefined) {
    refuse(['template'], 'none with find replicas', 'a file with one Pod');
  }
  if (find !== 'replicas' && template !== undefined) {
    refuse(['template'], `one with find ${find}`, 'only with find replicas');
  }
  if (!isSnapshot) return;
  const { survive, headroom, startup, inRuns } = objectives;
  const asked = {
    survive: survive !== 'nothing',
    headroom: headroom !== undefined,
    startup: startup !== undefined,
    inRuns: inRuns !== 1,
  };
  const [first] = Object.entries(asked).flatMap(([name, is]) => (is ? [name] : []));
  if (first !== undefined) {
    refuse(['objectives', first], `${first} with find ${find}`, 'only with find nodes and find cheapest');
  }
}

/** @throws BadInputError where there is nothing to place */
export function checkPods({ find }: Plan, pods: number, document: SourceDocument): void {
  if (pods > 0 || find === 'replicas' || find === 'removable') return;
  throw refusal(document, ['pods'], `found no Pod with find ${find}; accepted: files with the Pods to place`);
}

/** The loss of a zone means nothing where no Node is in one. @throws BadInputError */
export function checkZones(
  { objectives, nodes: { types } }: Plan,
  nodes: readonly Node[],
  document: SourceDocument,
): void {
  if (objectives.survive !== 'zone') return;
  const without = types?.findIndex(({ zones, labels }) => zones === undefined && labels?.[ZONE] === undefined) ?? -1;
  if (without !== -1) {
    throw refusal(
      document,
      ['nodes', 'types', without],
      'found no zones with objectives.survive zone; accepted: zones: a list of names',
    );
  }
  if (types === undefined && !nodes.some(({ metadata }) => metadata.labels?.[ZONE] !== undefined)) {
    throw refusal(
      document,
      ['objectives', 'survive'],
      `found zone, and no Node has the label ${ZONE}; accepted: nothing, node`,
    );
  }
}
