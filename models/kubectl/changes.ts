/**
 * Commands that change objects: `scale`, `set image`, `label`, `annotate`, `cordon`, `uncordon`, `taint`.
 * Source: staging/src/k8s.io/kubectl/pkg/cmd/{scale,set,label,annotate,drain,taint}.
 */
import type { KubeObject, Labels } from '../objects/meta.ts';
import type { Node, Taint } from '../objects/node.ts';
import type { Container, PodSpec } from '../objects/pod.ts';
import { NODES, type Resource } from '../objects/resources.ts';
import { CommandError } from './command-error.ts';
import type { FlagTable } from './flags.ts';
import { inOrder, type Invocation, serverErrorText } from './invocation.ts';
import { fetchTargets, groupKind, objectText, targetsOf, targetsOrManifests } from './resource-arguments.ts';

export const SELECT_FLAGS: FlagTable = {
  selector: 'value',
  'field-selector': 'value',
  'all-namespaces': 'boolean',
  all: 'boolean',
  filename: 'value',
};
export const SCALE_FLAGS: FlagTable = { ...SELECT_FLAGS, replicas: 'value', 'current-replicas': 'value' };
export const MARK_FLAGS: FlagTable = { ...SELECT_FLAGS, overwrite: 'boolean' };

/** A change of one object, and the word that says what it did; undefined for nothing to do. */
interface Change {
  readonly apply: (object: KubeObject) => KubeObject;
  readonly past: string;
}

interface Chosen {
  readonly resource: Resource;
  readonly object: KubeObject;
}

/** Changes each object in turn and says what was done to it. */
function changeEach(
  invocation: Invocation,
  found: readonly Chosen[],
  plan: (object: KubeObject, resource: Resource) => Change | undefined,
  subresource?: 'scale',
): void {
  inOrder(
    found,
    ({ resource, object }, next) => {
      const change = plan(object, resource);
      if (change === undefined) {
        next();
        return;
      }
      const { name, namespace } = object.metadata;
      const said = (): void => invocation.print(`${objectText(resource, name)} ${change.past}`);
      const scope = resource.namespaced ? namespace : undefined;
      const done = invocation.answer(next, said);
      invocation.client.patch(resource, scope, name, change.apply, done, subresource);
    },
    () => invocation.finish(),
  );
}

function chosen(found: readonly { readonly resource: Resource; readonly objects: readonly KubeObject[] }[]): Chosen[] {
  return found.flatMap(({ resource, objects }) => objects.map((object) => ({ resource, object })));
}

interface Scalable extends KubeObject {
  readonly spec?: { readonly replicas?: number };
}

export function scale(invocation: Invocation): void {
  const replicas = invocation.flags.integer('replicas');
  if (replicas === undefined || replicas < 0) {
    throw new CommandError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  }
  const expected = invocation.flags.integer('current-replicas');
  const targets = targetsOrManifests(invocation);
  const found: Chosen[] = [];
  const { client } = invocation;
  const scaleAll = (): void =>
    changeEach(
      invocation,
      found,
      (object) => {
        const current = (object as Scalable).spec?.replicas ?? 1;
        if (expected !== undefined && expected !== current) {
          throw new CommandError(`Expected replicas to be ${expected}, was ${current}`);
        }
        const change = (stored: KubeObject): KubeObject =>
          ({ ...stored, spec: { ...(stored as Scalable).spec, replicas } }) as KubeObject;
        return { apply: change, past: 'scaled' };
      },
      'scale',
    );
  if (targets.some(({ name }) => name === undefined)) {
    fetchTargets(invocation, targets, (lists) => {
      found.push(...chosen(lists));
      scaleAll();
    });
    return;
  }
  inOrder(
    targets,
    ({ resource, name }, next) => {
      client.get(resource, invocation.namespace, name as string, (result) => {
        if (result.ok) found.push({ resource, object: result.object });
        else if (result.status.reason === 'NotFound') {
          invocation.problem(`error: no objects passed to scale ${result.status.message}`);
        } else invocation.problem(serverErrorText(result.status));
        next();
      });
    },
    () => invocation.guard(scaleAll),
  );
}

interface Templated extends KubeObject {
  readonly spec?: PodSpec & { readonly template?: { readonly spec?: PodSpec } };
}

/** New images by container name; "*" is every container. */
function withImages(containers: readonly Container[], images: ReadonlyMap<string, string>): readonly Container[] {
  return containers.map((container) => {
    const image = images.get(container.name) ?? images.get('*');
    return image === undefined || image === container.image ? container : { ...container, image };
  });
}

function podSpecOf(object: KubeObject): PodSpec | undefined {
  const { spec } = object as Templated;
  return spec?.template?.spec ?? (spec?.containers ? spec : undefined);
}

function withPodSpec(object: KubeObject, podSpec: PodSpec): KubeObject {
  const { spec } = object as Templated;
  if (!spec?.template) return { ...object, spec: podSpec } as KubeObject;
  return { ...object, spec: { ...spec, template: { ...spec.template, spec: podSpec } } } as KubeObject;
}

function changeImages(object: KubeObject, images: ReadonlyMap<string, string>): KubeObject {
  const spec = podSpecOf(object) as PodSpec;
  const next = {
    ...spec,
    containers: withImages(spec.containers, images),
    ...(spec.initContainers ? { initContainers: withImages(spec.initContainers, images) } : {}),
  };
  const isSame = [next.containers, next.initContainers ?? []].every((list, i) =>
    list.every((container, j) => container === ([spec.containers, spec.initContainers ?? []][i]?.[j] as Container)),
  );
  return isSame ? object : withPodSpec(object, next);
}

export function setImage(invocation: Invocation): void {
  const pairs = invocation.args.filter((arg) => arg.includes('='));
  const names = invocation.args.filter((arg) => !arg.includes('='));
  if (pairs.length === 0) throw new CommandError('at least one image update is required');
  const images = new Map(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
    }),
  );
  fetchTargets(invocation, targetsOf(names), (found) => {
    changeEach(invocation, chosen(found), (object) => {
      const spec = podSpecOf(object);
      if (spec === undefined) throw new CommandError(`${object.kind.toLowerCase()} has no containers`);
      const known = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name);
      for (const name of images.keys()) {
        if (name !== '*' && !known.includes(name)) throw new CommandError(`unable to find container named "${name}"`);
      }
      if (changeImages(object, images) === object) return undefined;
      return { apply: (stored) => changeImages(stored, images), past: 'image updated' };
    });
  });
}

interface Marks {
  readonly set: Labels;
  readonly removed: readonly string[];
}

/** `key=value` sets, `key-` removes. */
function marksOf(words: readonly string[]): Marks {
  const set: Record<string, string> = {};
  const removed: string[] = [];
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals > 0) set[word.slice(0, equals)] = word.slice(equals + 1);
    else removed.push(word.slice(0, -1));
  }
  return { set, removed };
}

function isMark(word: string): boolean {
  return /^[^=]+=/.test(word) || (word.endsWith('-') && word.length > 1);
}

/** `label` and `annotate`. */
export function mark(invocation: Invocation, part: 'labels' | 'annotations'): void {
  const firstMark = invocation.args.findIndex((word, i) => i > 0 && isMark(word));
  if (firstMark < 0) throw new CommandError(`at least one ${part.slice(0, -1)} update is required`);
  const marks = marksOf(invocation.args.slice(firstMark));
  const past = part === 'labels' ? 'labeled' : 'annotated';
  fetchTargets(invocation, targetsOf(invocation.args.slice(0, firstMark)), (found) => {
    changeEach(invocation, chosen(found), (object) => {
      const known = object.metadata[part] ?? {};
      for (const [key, value] of Object.entries(marks.set)) {
        if (known[key] === undefined || known[key] === value || invocation.flags.isSet('overwrite')) continue;
        throw new CommandError(`'${key}' already has a value (${known[key]}), and --overwrite is false`);
      }
      const apply = (stored: KubeObject): KubeObject => {
        const next: Record<string, string> = { ...stored.metadata[part], ...marks.set };
        for (const key of marks.removed) delete next[key];
        return { ...stored, metadata: { ...stored.metadata, [part]: next } };
      };
      const isOnlyRemoval = Object.keys(marks.set).length === 0 && marks.removed.length > 0;
      return { apply, past: isOnlyRemoval && part === 'labels' ? 'unlabeled' : past };
    });
  });
}

/** `cordon` and `uncordon`. */
export function cordon(invocation: Invocation, unschedulable: boolean): void {
  const { args } = invocation;
  const past = unschedulable ? 'cordoned' : 'uncordoned';
  if (args.length === 0 && !invocation.flags.has('selector')) {
    throw new CommandError(`USAGE: ${unschedulable ? 'cordon' : 'uncordon'} NODE [flags]`);
  }
  const names = args.map((name) => name.replace(/^nodes?\//, ''));
  const targets = names.length === 0 ? targetsOf(['nodes']) : targetsOf(['nodes', ...names]);
  fetchTargets(invocation, targets, (found) => {
    changeEach(invocation, chosen(found), (object) => {
      const isSo = ((object as Node).spec?.unschedulable ?? false) === unschedulable;
      if (isSo) {
        invocation.print(`${objectText(NODES as Resource, object.metadata.name)} already ${past}`);
        return undefined;
      }
      const apply = (stored: KubeObject): KubeObject => {
        const { unschedulable: _old, ...spec } = (stored as Node).spec ?? {};
        return { ...stored, spec: unschedulable ? { ...spec, unschedulable } : spec } as KubeObject;
      };
      return { apply, past };
    });
  });
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

interface TaintWord {
  readonly key: string;
  readonly value?: string;
  readonly effect?: Taint['effect'];
}

/** `key=value:Effect`, `key:Effect`, and with a "-" behind it, removals, which may leave the effect out. */
function taintOf(word: string): TaintWord {
  const parts = /^([^=:]+)(?:=([^:]*))?(?::(.*))?$/.exec(word);
  if (parts === null) throw new CommandError(`unknown taint spec: ${word}`);
  const [, key = '', value, effect] = parts;
  if (effect !== undefined && !EFFECTS.includes(effect)) {
    throw new CommandError(`invalid taint effect: ${effect}, unsupported taint effect`);
  }
  return {
    key,
    ...(value ? { value } : {}),
    ...(effect === undefined ? {} : { effect: effect as Taint['effect'] }),
  };
}

function retainted(taints: readonly Taint[], added: readonly TaintWord[], removed: readonly TaintWord[]): Taint[] {
  const isGone = (taint: Taint, { key, effect }: TaintWord): boolean =>
    taint.key === key && (effect === undefined || taint.effect === effect);
  const kept = taints.filter((taint) => ![...removed, ...added].some((word) => isGone(taint, word)));
  return [...(added as Taint[]), ...kept];
}

export function taint(invocation: Invocation): void {
  const words = invocation.args.filter((word) => /[:=]/.test(word) || word.endsWith('-'));
  const names = invocation.args.filter((word) => !words.includes(word));
  if (words.length === 0) throw new CommandError('at least one taint update is required');
  const added = words.filter((word) => !word.endsWith('-')).map(taintOf);
  const removed = words.filter((word) => word.endsWith('-')).map((word) => taintOf(word.slice(0, -1)));
  for (const { effect } of added) {
    if (effect === undefined)
      throw new CommandError(`unknown taint spec: ${words.join(' ')}; a taint is KEY=VALUE:EFFECT`);
  }
  const targets = names.length === 1 && invocation.flags.has('selector') ? targetsOf(names) : targetsOf(names);
  fetchTargets(invocation, targets, (found) => {
    changeEach(invocation, chosen(found), (object, resource) => {
      const taints = (object as Node).spec?.taints ?? [];
      for (const word of removed) {
        const isThere = taints.some(
          ({ key, effect }) => key === word.key && (word.effect === undefined || effect === word.effect),
        );
        if (!isThere) {
          const text = word.effect === undefined ? word.key : `${word.key}:${word.effect}`;
          throw new CommandError(`taint "${text}" not found`);
        }
      }
      const clash = added.filter((word) =>
        taints.some(({ key, effect }) => key === word.key && effect === word.effect),
      );
      if (clash.length > 0 && !invocation.flags.isSet('overwrite')) {
        const keys = clash.map(({ key }) => key).join(',');
        const place = `${groupKind(resource)} ${object.metadata.name}`;
        throw new CommandError(`${place} already has ${keys} taint(s) with same effect(s) and --overwrite is false`);
      }
      const past = added.length === 0 ? 'untainted' : removed.length === 0 ? 'tainted' : 'modified';
      const apply = (stored: KubeObject): KubeObject => {
        const { spec } = stored as Node;
        const { taints: old = [], ...rest } = spec ?? {};
        const next = retainted(old, added, removed);
        return { ...stored, spec: next.length === 0 ? rest : { ...rest, taints: next } } as KubeObject;
      };
      return { apply, past };
    });
  });
}
