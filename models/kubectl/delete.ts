/**
 * `kubectl delete`: says of each object that it is deleted when the API server has taken the request, then waits until the objects
 * are gone, unless `--wait=false`.
 */
import type { DeleteOptions, Watch } from '../client/client.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { Resource } from '../objects/resources.ts';
import { CommandError } from './command-error.ts';
import type { FlagTable } from './flags.ts';
import { inOrder, type Invocation } from './invocation.ts';
import { fetchTargets, groupKind, targetsOrManifests } from './resource-arguments.ts';

export const DELETE_FLAGS: FlagTable = {
  selector: 'value',
  'field-selector': 'value',
  'all-namespaces': 'boolean',
  all: 'boolean',
  filename: 'value',
  force: 'boolean',
  'grace-period': 'value',
  wait: 'boolean',
  cascade: 'value',
  now: 'boolean',
  'ignore-not-found': 'boolean',
  timeout: 'value',
};

const CASCADES: Readonly<Record<string, DeleteOptions['propagationPolicy'] | undefined>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
  true: 'Background',
  false: 'Orphan',
};

const FORCE_WARNING =
  'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.';

function deleteOptions(invocation: Invocation): DeleteOptions {
  const { flags } = invocation;
  const cascade = flags.value('cascade') ?? 'background';
  const propagationPolicy = CASCADES[cascade];
  if (propagationPolicy === undefined) {
    throw new CommandError(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`);
  }
  let grace = flags.integer('grace-period');
  if (flags.isSet('now')) grace = 1;
  if (flags.isSet('force') && grace === undefined) grace = 0;
  if (grace === 0 && !flags.isSet('force')) grace = 1;
  return { propagationPolicy, ...(grace === undefined || grace < 0 ? {} : { gracePeriodSeconds: grace }) };
}

/** Calls `gone` once, when an object is there no more. */
function whenGone(invocation: Invocation, resource: Resource, object: KubeObject, gone: () => void): void {
  const { name, namespace, uid } = object.metadata;
  const scope = resource.namespaced ? namespace : undefined;
  let watch: Watch | undefined;
  let isGone = false;
  const end = (): void => {
    if (isGone) return;
    isGone = true;
    watch?.stop();
    gone();
  };
  // The watch is open before the object is asked for, so that nothing is missed between the two.
  watch = invocation.client.watch(
    resource,
    { ...(scope === undefined ? {} : { namespace: scope }), fieldSelector: { 'metadata.name': name } },
    (event) => {
      if (event.type === 'DELETED' && event.object.metadata.uid === uid) end();
      if (event.type === 'ERROR') end();
    },
  );
  invocation.client.get(resource, scope, name, (result) => {
    if (!result.ok || result.object.metadata.uid !== uid) end();
  });
}

function deleteOne(
  invocation: Invocation,
  { resource, object }: { readonly resource: Resource; readonly object: KubeObject },
  options: DeleteOptions,
  next: (isAccepted: boolean) => void,
): void {
  const { name, namespace } = object.metadata;
  const past = invocation.flags.isSet('force') ? 'force deleted' : 'deleted';
  let isAccepted = false;
  const accepted = (): void => {
    isAccepted = true;
    invocation.print(`${groupKind(resource)} "${name}" ${past}`);
  };
  const scope = resource.namespaced ? namespace : undefined;
  const done = invocation.answer(() => next(isAccepted), accepted);
  invocation.client.delete(resource, scope, name, options, done);
}

export function remove(invocation: Invocation): void {
  const { flags } = invocation;
  const options = deleteOptions(invocation);
  const targets = targetsOrManifests(invocation);
  const isNamed = targets.every(({ name }) => name !== undefined);
  if (!isNamed && !flags.isSet('all') && !flags.has('selector') && !flags.has('field-selector')) {
    throw new CommandError('resource(s) were provided, but no name was specified');
  }
  if (flags.isSet('force')) invocation.warn(FORCE_WARNING);
  const mayWait = flags.value('wait') !== 'false' && !flags.isSet('force');
  fetchTargets(invocation, targets, (found) => {
    const objects = found.flatMap(({ resource, objects: some }) => some.map((object) => ({ resource, object })));
    if (objects.length === 0) {
      if (!isNamed) invocation.print('No resources found');
      invocation.finish();
      return;
    }
    let waiting = 1;
    const one = (): void => {
      if (--waiting === 0) invocation.finish();
    };
    inOrder(
      objects,
      (item, next) => {
        deleteOne(invocation, item, options, (isAccepted) => {
          if (isAccepted && mayWait) {
            waiting++;
            whenGone(invocation, item.resource, item.object, one);
          }
          next();
        });
      },
      one,
    );
  });
}
