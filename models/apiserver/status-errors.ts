/**
 * The refusals of the API server, as Status objects with Kubernetes' own messages.
 * Source: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go.
 */
import type { Status } from '../objects/meta.ts';
import type { Resource } from '../objects/resources.ts';

export interface Refusal {
  readonly ok: false;
  readonly status: Status;
}

/** "pods", "deployments.apps". */
export function qualifiedName(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

function refuse(code: number, reason: string, message: string, details?: Status['details']): Refusal {
  return {
    ok: false,
    status: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details === undefined ? {} : { details }),
      code,
    },
  };
}

function detailsOf(resource: Resource, name: string): NonNullable<Status['details']> {
  return { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural };
}

export function notFound(resource: Resource, name: string): Refusal {
  return refuse(404, 'NotFound', `${qualifiedName(resource)} "${name}" not found`, detailsOf(resource, name));
}

export function alreadyExists(resource: Resource, name: string): Refusal {
  return refuse(409, 'AlreadyExists', `${qualifiedName(resource)} "${name}" already exists`, detailsOf(resource, name));
}

export function conflict(resource: Resource, name: string, why: string): Refusal {
  return refuse(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`,
    detailsOf(resource, name),
  );
}

/** The object that was meant has another uid; how updates and bindings say it. Source: storage/interfaces.go (Preconditions.Check). */
export function otherUid(resource: Resource, name: string, asked: string, found: string | undefined): Refusal {
  return conflict(resource, name, `Precondition failed: UID in precondition: ${asked}, UID in object meta: ${found}`);
}

/** A precondition of a deletion failed; such refusals name the kind, not the resource. Source: registry/rest/delete.go. */
export function wrongUid(resource: Resource, name: string, asked: string, found: string | undefined): Refusal {
  const why = `the UID in the precondition (${asked}) does not match the UID in record (${found}). The object might have been deleted and then recreated`;
  return preconditionFailed(resource, name, why);
}

export function wrongRevision(resource: Resource, name: string, asked: string, found: string | undefined): Refusal {
  const why = `the ResourceVersion in the precondition (${asked}) does not match the ResourceVersion in record (${found}). The object might have been modified`;
  return preconditionFailed(resource, name, why);
}

function preconditionFailed(resource: Resource, name: string, why: string): Refusal {
  const subject = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const details = { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.kind };
  return refuse(409, 'Conflict', `Operation cannot be fulfilled on ${subject} "${name}": ${why}`, details);
}

/** @param qualified for example "pods/binding" */
export function subresourceConflict(qualified: string, name: string, why: string): Refusal {
  const message = `Operation cannot be fulfilled on ${qualified} "${name}": ${why}`;
  return refuse(409, 'Conflict', message, { name, kind: qualified });
}

/** The optimistic lock failed. */
export function modified(resource: Resource, name: string): Refusal {
  return conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

export function badRequest(message: string): Refusal {
  return refuse(400, 'BadRequest', message);
}

export function forbidden(
  resource: Resource,
  name: string,
  why: string,
  cause?: { readonly reason: string; readonly message: string; readonly field?: string },
): Refusal {
  const details = { ...detailsOf(resource, name), ...(cause === undefined ? {} : { causes: [cause] }) };
  return refuse(403, 'Forbidden', `${qualifiedName(resource)} "${name}" is forbidden: ${why}`, details);
}

export interface FieldCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

export function invalid(kind: string, group: string, name: string, causes: readonly FieldCause[]): Refusal {
  // The same text twice is said once; both causes are listed.
  const texts = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const subject = group === '' ? kind : `${kind}.${group}`;
  return refuse(422, 'Invalid', `${subject} "${name}" is invalid: ${text}`, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind,
    causes,
  });
}

export function expired(message: string): Refusal {
  return refuse(410, 'Expired', message);
}

export function tooManyRequests(message: string, details: NonNullable<Status['details']>): Refusal {
  return refuse(429, 'TooManyRequests', message, details);
}

export function internalError(message: string): Refusal {
  return refuse(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}
