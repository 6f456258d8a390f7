/** `kubectl apply -f`: creates what is not there, and merges what is. */
import type { KubeObject } from '../objects/meta.ts';
import type { Resource } from '../objects/resources.ts';
import { CommandError } from './command-error.ts';
import type { FlagTable } from './flags.ts';
import { inOrder, type Invocation, serverErrorText } from './invocation.ts';
import { compactJson } from './object-text.ts';
import { manifestsOf, objectText } from './resource-arguments.ts';
import { threeWayMerge } from './three-way-merge.ts';

export const APPLY_FLAGS: FlagTable = { filename: 'value' };

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function withAnnotation<T extends KubeObject>(object: T, text: string): T {
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED]: text };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** The manifest as the annotation keeps it: without the annotation itself and without status. */
function appliedText(object: KubeObject): string {
  const { [LAST_APPLIED]: _old, ...annotations } = object.metadata.annotations ?? {};
  const { status: _status, ...rest } = object as KubeObject & { readonly status?: unknown };
  return `${compactJson({ ...rest, metadata: { ...object.metadata, annotations } })}\n`;
}

function lastApplied(object: KubeObject): object {
  const text = object.metadata.annotations?.[LAST_APPLIED];
  return text === undefined ? {} : (JSON.parse(text) as object);
}

function applyOne(
  invocation: Invocation,
  { resource, object }: { readonly resource: Resource; readonly object: KubeObject },
  file: string,
  next: () => void,
): void {
  const { name, namespace } = object.metadata;
  const text = appliedText(object);
  const wanted = withAnnotation(object, text);
  const said =
    (past: string): (() => void) =>
    () =>
      invocation.print(`${objectText(resource, name)} ${past}`);
  invocation.client.get(resource, resource.namespaced ? namespace : undefined, name, (found) => {
    if (!found.ok) {
      if (found.status.reason !== 'NotFound') {
        invocation.problem(serverErrorText(found.status));
        next();
        return;
      }
      const context = `error when creating "${file}": `;
      invocation.client.create(resource, wanted, invocation.answer(next, said('created'), context));
      return;
    }
    const change = (current: KubeObject): KubeObject => threeWayMerge(lastApplied(current), wanted, current);
    if (change(found.object) === found.object) {
      said('unchanged')();
      next();
      return;
    }
    const scope = resource.namespaced ? namespace : undefined;
    const context = `error when applying patch: `;
    invocation.client.patch(resource, scope, name, change, invocation.answer(next, said('configured'), context));
  });
}

export function apply(invocation: Invocation): void {
  const file = invocation.flags.value('filename');
  if (file === undefined) throw new CommandError('must specify one of -f and -k');
  inOrder(
    manifestsOf(invocation),
    (manifest, next) => applyOne(invocation, manifest, file, next),
    () => invocation.finish(),
  );
}
