/**
 * Finds the objects of a namespace whose selector matches a set of labels without asking each of them: every selector is
 * filed under one label that it requires.
 */
import type { KubeObject, LabelSelector, Labels } from '../objects/meta.ts';
import { matchesLabelSelector } from './label-match.ts';
import { keyOf } from './pod-facts.ts';

interface Entry<T> {
  object: T;
  selector: LabelSelector;
  readonly shelf: string;
}

const ANY = '';

export class SelectorIndex<T extends KubeObject> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #shelves = new Map<string, Map<string, Entry<T>>>();
  readonly #selectorOf: (object: T) => LabelSelector | undefined;

  constructor(selectorOf: (object: T) => LabelSelector | undefined) {
    this.#selectorOf = selectorOf;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Files the object, or files it anew when its selector has changed. */
  set(object: T): void {
    const key = keyOf(object);
    const selector = this.#selectorOf(object);
    const old = this.#entries.get(key);
    if (old !== undefined && old.selector === selector) {
      old.object = object;
      return;
    }
    if (old !== undefined) this.delete(object);
    if (selector === undefined) return;
    const entry: Entry<T> = { object, selector, shelf: shelfOf(object.metadata.namespace, selector) };
    this.#entries.set(key, entry);
    const shelf = this.#shelves.get(entry.shelf);
    if (shelf === undefined) this.#shelves.set(entry.shelf, new Map([[key, entry]]));
    else shelf.set(key, entry);
  }

  delete(object: T): void {
    const key = keyOf(object);
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    const shelf = this.#shelves.get(entry.shelf);
    shelf?.delete(key);
    if (shelf?.size === 0) this.#shelves.delete(entry.shelf);
  }

  /** The objects of the namespace whose selector matches the labels. */
  matching(namespace = '', labels: Labels = NO_LABELS): T[] {
    const found: T[] = [];
    if (this.#entries.size === 0) return found;
    for (const shelf of shelvesFor(namespace, labels)) this.#collect(shelf, labels, found);
    return found;
  }

  #collect(shelfName: string, labels: Labels, found: T[]): void {
    const shelf = this.#shelves.get(shelfName);
    if (shelf === undefined) return;
    for (const entry of shelf.values()) {
      if (matchesLabelSelector(entry.selector, labels)) found.push(entry.object);
    }
  }
}

const NO_LABELS: Labels = {};

/** Where selectors that match labels are filed, by the labels, which the Pods of one template share. */
const shelvesByLabels = new WeakMap<Labels, { readonly namespace: string; readonly shelves: readonly string[] }>();

function shelvesFor(namespace: string, labels: Labels): readonly string[] {
  const known = shelvesByLabels.get(labels);
  if (known?.namespace === namespace) return known.shelves;
  const shelves = [`${namespace}/${ANY}`];
  for (const key in labels) shelves.push(`${namespace}/${key}=${labels[key]}`);
  shelvesByLabels.set(labels, { namespace, shelves });
  return shelves;
}

function shelfOf(namespace: string | undefined, selector: LabelSelector): string {
  for (const key in selector.matchLabels) return `${namespace ?? ''}/${key}=${selector.matchLabels[key]}`;
  return `${namespace ?? ''}/${ANY}`;
}
