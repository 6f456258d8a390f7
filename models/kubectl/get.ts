/** `kubectl get`: tables, wide tables, YAML, JSON and names. */
import type { KubeObject } from '../objects/meta.ts';
import { tableText, type TextOptions } from '../objects/printers/text-table.ts';
import { timestampToSeconds } from '../objects/timestamp.ts';
import { CommandError } from './command-error.ts';
import type { FlagTable } from './flags.ts';
import type { Invocation } from './invocation.ts';
import { jsonText, yamlText } from './object-text.ts';
import { fetchTargets, type Found, objectText, targetsOrManifests } from './resource-arguments.ts';

export const GET_FLAGS: FlagTable = {
  output: 'value',
  'all-namespaces': 'boolean',
  selector: 'value',
  'field-selector': 'value',
  'show-labels': 'boolean',
  'label-columns': 'value',
  'no-headers': 'boolean',
  'sort-by': 'value',
  filename: 'value',
  'show-kind': 'boolean',
  'ignore-not-found': 'boolean',
};

const OUTPUTS = ['', 'wide', 'yaml', 'json', 'name'];

/** The value at a path such as ".metadata.name" or "{.status.startTime}". */
function valueAt(object: KubeObject, path: string): unknown {
  let value: unknown = object;
  for (const name of path
    .replace(/^\{?\.?/, '')
    .replace(/\}$/, '')
    .split('.')) {
    value = (value as Record<string, unknown> | undefined | null)?.[name];
  }
  return value;
}

/** Numbers and times by their value, other things by their text; missing ones first. */
function sortKey(value: unknown): number | string {
  if (typeof value === 'number') return value;
  if (value === undefined || value === null) return '';
  const seconds = timestampToSeconds(String(value));
  return Number.isNaN(seconds) ? String(value) : seconds;
}

function sortedBy(objects: readonly KubeObject[], path: string | undefined): readonly KubeObject[] {
  if (path === undefined) return objects;
  return [...objects].sort((x, y) => {
    const a = sortKey(valueAt(x, path));
    const b = sortKey(valueAt(y, path));
    return a < b ? -1 : a > b ? 1 : 0;
  });
}

function printTables(invocation: Invocation, found: readonly Found[], isSeveralTypes: boolean): void {
  const { flags } = invocation;
  const isEverywhere = flags.isSet('all-namespaces');
  let isFirst = true;
  for (const { resource, objects } of found) {
    if (objects.length === 0) continue;
    if (!isFirst) invocation.print('');
    isFirst = false;
    const options: TextOptions = {
      wide: flags.value('output') === 'wide',
      withNamespace: isEverywhere && resource.namespaced,
      withKind: isSeveralTypes || flags.isSet('show-kind'),
      showLabels: flags.isSet('show-labels'),
      labelColumns: flags.values('label-columns').flatMap((list) => list.split(',')),
      noHeaders: flags.isSet('no-headers'),
    };
    const rows = sortedBy(objects, flags.value('sort-by'));
    invocation.printText(tableText(rows, invocation.input.nowSeconds(), options));
  }
}

function sayThatNothingIsThere(invocation: Invocation, found: readonly Found[]): void {
  const isNamespaced = found.some(({ resource }) => resource.namespaced);
  const isEverywhere = invocation.flags.isSet('all-namespaces') || !isNamespaced;
  invocation.warn(isEverywhere ? 'No resources found' : `No resources found in ${invocation.namespace} namespace.`);
}

function printObjects(invocation: Invocation, objects: readonly KubeObject[], isSingle: boolean): void {
  const list = { apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } };
  const document = isSingle && objects.length === 1 ? objects[0] : list;
  invocation.printText(invocation.flags.value('output') === 'yaml' ? yamlText(document) : jsonText(document));
}

export function get(invocation: Invocation): void {
  const { flags, args } = invocation;
  const output = flags.value('output') ?? '';
  if (!OUTPUTS.includes(output)) {
    throw new CommandError(
      `unable to match a printer suitable for the output format "${output}", allowed formats are: json,name,wide,yaml`,
    );
  }
  const targets = targetsOrManifests(invocation);
  const hasNames = targets.some(({ name }) => name !== undefined);
  const isSeveralTypes =
    new Set(targets.map(({ resource }) => resource)).size > 1 || args[0] === 'all' || (args[0] ?? '').includes(',');
  fetchTargets(invocation, targets, (found) => {
    const objects = found.flatMap((part) => sortedBy(part.objects, flags.value('sort-by')));
    const isSingle = targets.length === 1 && targets[0]?.name !== undefined;
    if (objects.length === 0 && (hasNames || output === '' || output === 'wide')) {
      if (!hasNames) sayThatNothingIsThere(invocation, found);
    } else if (output === 'yaml' || output === 'json') printObjects(invocation, objects, isSingle);
    else if (output === 'name') {
      for (const { resource, objects: some } of found) {
        for (const object of some) invocation.print(objectText(resource, object.metadata.name));
      }
    } else printTables(invocation, found, isSeveralTypes);
    invocation.finish();
  });
}
