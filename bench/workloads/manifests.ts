/**
 * Reads Kubernetes manifests as anyone writes or dumps them (documents, lists, JSON or YAML, files or folders, the output
 * of `kubectl get -o yaml`) into objects with their place. Whatever is wrong is refused with file and line; whatever is
 * right but not modelled is reported; a namespace that is used and not defined is created, and reported too.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject, ObjectMeta } from '../../models/objects/meta.ts';
import { NAMESPACES, type Resource, resourceOfKind } from '../../models/objects/resources.ts';
import { BadInputError } from '../bad-input.ts';
import { apiVersionsOfKind, judgeKind } from './builtin-kinds.ts';
import { type FieldPath, fieldText, readDocuments, type SourceDocument } from './documents.ts';
import { checkFields, describe } from './manifest-fields.ts';
import { ruleProblem } from './manifest-rules.ts';
import type { SharedBlocks } from './plain-yaml.ts';

/** An object as written, with the namespace it is in. */
export interface Manifest<T extends KubeObject = KubeObject> {
  readonly resource: Resource;
  readonly object: T;
  readonly place: ManifestPlace;
}

/** Where an object stands: a document, and the path to it when it is an item of a list. */
export interface ManifestPlace {
  readonly document: SourceDocument;
  readonly path: FieldPath;
}

/** Something that was read and will have no effect. */
export interface NotModelled {
  /** For example "kind NetworkPolicy (networking.k8s.io/v1)" or "Pod spec.hostPID". */
  readonly what: string;
  count: number;
  /** file:line of the first. */
  readonly first: string;
}

export interface ManifestSet {
  readonly manifests: readonly Manifest[];
  /** Namespaces that manifests use and none defines, sorted; Namespace objects for them are in `manifests`. */
  readonly createdNamespaces: readonly string[];
  /** In the order in which they were met. */
  readonly notModelled: readonly NotModelled[];
}

/** The namespaces that every cluster has: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/ */
export const INITIAL_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

const MANIFEST_FILE = /\.(?:ya?ml|json)$/i;
/** DNS-1123 subdomain, the rule of names of most kinds. */
const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** The error of one manifest, with file, line and field. */
export function manifestError(place: ManifestPlace, field: FieldPath, message: string): BadInputError {
  const path = [...place.path, ...field];
  const { document } = place;
  return new BadInputError(message, { file: document.file, line: document.lineOf(path), field: fieldText(path) });
}

/** Reads files and folders in the order given; a folder's files by name, its folders too. @throws BadInputError */
export function readManifests(paths: readonly string[]): ManifestSet {
  const shared: SharedBlocks = new Map();
  const reader = new ManifestReader();
  for (const path of paths) {
    for (const file of manifestFiles(path)) {
      for (const document of readDocuments(file, shared)) reader.read(document.value, { document, path: [] });
    }
  }
  return reader.result();
}

/** Objects of documents that are read already, for example those inside an experiment file. */
export function manifestsOf(documents: readonly SourceDocument[]): ManifestSet {
  const reader = new ManifestReader();
  for (const document of documents) reader.read(document.value, { document, path: [] });
  return reader.result();
}

function manifestFiles(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new BadInputError('no such file or folder', { file: path });
  if (!stats.isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => MANIFEST_FILE.test(name));
  if (names.length === 0) throw new BadInputError('holds no .yaml, .yml or .json file', { file: path });
  return names.sort().map((name) => join(path, name));
}

class ManifestReader {
  readonly #manifests: Manifest[] = [];
  /** By kind and namespace, and then by name. */
  readonly #placesOf = new Map<string, Map<string, ManifestPlace>>();
  /** Most manifests are of the kind and in the namespace of the one before. */
  #last:
    | {
        readonly resource: Resource;
        readonly namespace: string | undefined;
        readonly places: Map<string, ManifestPlace>;
      }
    | undefined;
  readonly #notModelled = new Map<string, NotModelled>();
  readonly #namespacesUsed = new Set<string>();

  read(value: unknown, place: ManifestPlace): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw manifestError(place, [], `found ${describe(value)}; accepted is an object with apiVersion and kind`);
    }
    const object = value as Record<string, unknown>;
    const apiVersion = textField(object, 'apiVersion', place);
    const kind = textField(object, 'kind', place);
    if (kind.endsWith('List') && Array.isArray(object.items)) {
      const itemKind = kind === 'List' ? undefined : kind.slice(0, -'List'.length);
      object.items.forEach((item, index) => this.#readItem(item, apiVersion, itemKind, place, index));
      return;
    }
    const resource = resourceOfKind(apiVersion, kind);
    if (resource === undefined) this.#notServed(apiVersion, kind, place);
    else this.#add(resource, object, place);
  }

  /** Items of a typed list (PodList) may leave out apiVersion and kind, as the API's own lists do. */
  #readItem(item: unknown, apiVersion: string, kind: string | undefined, list: ManifestPlace, index: number): void {
    const place = { document: list.document, path: [...list.path, 'items', index] };
    const bare = typeof item === 'object' && item !== null && !('kind' in item);
    this.read(bare && kind !== undefined ? { apiVersion, kind, ...item } : item, place);
  }

  #notServed(apiVersion: string, kind: string, place: ManifestPlace): void {
    const verdict = judgeKind(apiVersion, kind);
    if (verdict === 'unknown') {
      const versions = apiVersionsOfKind(kind);
      const hint = versions.length > 0 ? `${kind} is in ${versions.join(', ')}` : 'the kinds of Kubernetes v1.34';
      throw manifestError(place, ['kind'], `found kind ${kind} in ${apiVersion}; accepted: ${hint}`);
    }
    this.#report(`kind ${kind} (${apiVersion})${verdict === 'inert' ? ', which changes nothing here' : ''}`, place, []);
  }

  #report(what: string, place: ManifestPlace, field: FieldPath): void {
    const known = this.#notModelled.get(what);
    if (known !== undefined) known.count++;
    else {
      const { document, path } = place;
      const first = `${document.file}:${document.lineOf([...path, ...field])}`;
      this.#notModelled.set(what, { what, count: 1, first });
    }
  }

  #add(resource: Resource, value: Record<string, unknown>, place: ManifestPlace): void {
    const metadata = metadataOf(resource, value, place);
    if (metadata.namespace !== undefined) this.#namespacesUsed.add(metadata.namespace);
    this.#refuseDuplicate(resource, metadata, place);
    checkFields(resource, value, {
      error: (field, message) => manifestError(place, field, message),
      report: (what, field) => this.#report(what, place, field),
    });
    const object = { ...value, metadata } as unknown as KubeObject;
    const problem = ruleProblem(resource, object);
    if (problem !== undefined) throw manifestError(place, problem.field, problem.message);
    this.#manifests.push({ resource, object, place });
  }

  #placesIn(resource: Resource, namespace: string | undefined): Map<string, ManifestPlace> {
    if (this.#last?.resource === resource && this.#last.namespace === namespace) return this.#last.places;
    const key = `${resource.plural}.${resource.group}/${namespace ?? ''}`;
    let places = this.#placesOf.get(key);
    if (places === undefined) this.#placesOf.set(key, (places = new Map()));
    this.#last = { resource, namespace, places };
    return places;
  }

  #refuseDuplicate(resource: Resource, { namespace, name }: ObjectMeta, place: ManifestPlace): void {
    const places = this.#placesIn(resource, namespace);
    const before = places.get(name);
    if (before !== undefined) {
      const { document, path } = before;
      const where = `${document.file}:${document.lineOf([...path, 'metadata', 'name'])}`;
      const what = `${resource.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
      throw manifestError(place, ['metadata', 'name'], `${what} is defined a second time; the first is at ${where}`);
    }
    places.set(name, place);
  }

  result(): ManifestSet {
    const defined = new Set(
      this.#manifests.filter(({ resource }) => resource === NAMESPACES).map(({ object }) => object.metadata.name),
    );
    const createdNamespaces = [...this.#namespacesUsed]
      .filter((name) => !defined.has(name) && !INITIAL_NAMESPACES.includes(name))
      .sort();
    return { manifests: this.#manifests, createdNamespaces, notModelled: [...this.#notModelled.values()] };
  }
}

/** The metadata as the API would keep it: in a namespace where the kind has one, without managedFields. */
function metadataOf(resource: Resource, value: Record<string, unknown>, place: ManifestPlace): ObjectMeta {
  const written = value.metadata;
  if (typeof written !== 'object' || written === null) {
    throw manifestError(place, ['metadata'], `found ${describe(written)}; accepted is an object with a name`);
  }
  const metadata = 'managedFields' in written ? withoutManagedFields(written) : (written as Record<string, unknown>);
  const { name, namespace = 'default' } = metadata;
  if (typeof name !== 'string' || !NAME.test(name) || name.length > 253) {
    const rule = 'lower-case letters, digits, "-" and ".", at most 253, beginning and ending with a letter or digit';
    throw manifestError(place, ['metadata', 'name'], `found ${describe(name)}; accepted: ${rule}`);
  }
  if (!resource.namespaced) return { ...metadata, name };
  if (typeof namespace !== 'string' || !NAME.test(namespace)) {
    throw manifestError(place, ['metadata', 'namespace'], `found ${describe(namespace)}; accepted is a name`);
  }
  return { ...metadata, name, namespace };
}

function withoutManagedFields(written: object): Record<string, unknown> {
  const { managedFields: _, ...metadata } = written as Record<string, unknown>;
  return metadata;
}

function textField(object: Record<string, unknown>, field: string, place: ManifestPlace): string {
  const value = object[field];
  if (typeof value === 'string' && value !== '') return value;
  throw manifestError(place, [field], `found ${describe(value)}; accepted is a text such as "v1" or "Pod"`);
}
