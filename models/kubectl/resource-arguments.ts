/**
 * Which objects a command line means: `TYPE NAME…`, `TYPE/NAME…`, `TYPE,TYPE`, `all`, with `-l`, `--field-selector`, `-A`, `-f`.
 */
import type { FieldSelector, ListOptions, ObjectList } from '../client/client.ts';
import { parseFieldSelector } from '../objects/field-selector.ts';
import type { LabelRequirement } from '../objects/label-requirement.ts';
import { parseLabelSelector } from '../objects/label-selector-parser.ts';
import type { KubeObject, LabelSelector, LabelSelectorRequirement } from '../objects/meta.ts';
import { ALL_RESOURCES, type Resource, resourceOfKind } from '../objects/resources.ts';
import { CommandError } from './command-error.ts';
import { inOrder, type Invocation, serverErrorText } from './invocation.ts';

/** The order in which `kubectl get all` goes. */
const ALL = [
  'Pod',
  'ReplicationController',
  'Service',
  'DaemonSet',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'HorizontalPodAutoscaler',
  'CronJob',
  'Job',
];

/** Objects of one resource: by name, or all that the selectors leave. */
export interface Target {
  readonly resource: Resource;
  readonly name?: string;
}

/** "deployment.apps", as messages name a resource. */
export function groupKind(resource: Resource): string {
  return resource.group === '' ? resource.singular : `${resource.singular}.${resource.group}`;
}

/** "deployment.apps/web". */
export function objectText(resource: Resource, name: string): string {
  return `${groupKind(resource)}/${name}`;
}

/** @throws CommandError when the API server has no such resource. */
export function resourceNamed(text: string): Resource {
  const lower = text.toLowerCase();
  const found = ALL_RESOURCES.find((resource) => {
    const names = [resource.plural, resource.singular, ...resource.shortNames];
    if (names.includes(lower)) return true;
    const versions = [resource.group, `${resource.version}.${resource.group}`].filter((group) => group !== '');
    return versions.some((group) => names.some((name) => lower === `${name}.${group}`));
  });
  if (found === undefined) throw new CommandError(`the server doesn't have a resource type "${text}"`);
  return found;
}

/** All resources of a list of types. @throws CommandError */
export function resourcesNamed(text: string): Resource[] {
  return text
    .split(',')
    .flatMap((type) =>
      type === 'all'
        ? ALL.flatMap((kind) => ALL_RESOURCES.filter((resource) => resource.kind === kind))
        : [resourceNamed(type)],
    );
}

/** @throws CommandError */
export function targetsOf(args: readonly string[]): Target[] {
  const [first, ...names] = args;
  if (first === undefined) throw new CommandError('You must specify the type of resource to act on.');
  if (args.some((arg) => arg.includes('/'))) {
    return args.map((arg) => {
      const [type = '', name = '', ...more] = arg.split('/');
      if (type === '' || name === '' || more.length > 0) {
        throw new CommandError(
          "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
        );
      }
      return { resource: resourceNamed(type), name };
    });
  }
  const resources = resourcesNamed(first);
  if (names.length === 0) return resources.map((resource) => ({ resource }));
  return resources.flatMap((resource) => names.map((name) => ({ resource, name })));
}

function selectorRequirement({ key, operator, values }: LabelRequirement): LabelSelectorRequirement {
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return { key, operator: 'In', values };
    case 'notin':
    case '!=':
      return { key, operator: 'NotIn', values };
    case 'exists':
      return { key, operator: 'Exists' };
    case '!':
      return { key, operator: 'DoesNotExist' };
    default:
      throw new CommandError(`label selectors with ${operator} are not modelled here`);
  }
}

/** The selector that `-l` gives. @throws CommandError */
export function labelSelectorOf(invocation: Invocation): LabelSelector | undefined {
  const text = invocation.flags.value('selector');
  if (text === undefined || text === '') return undefined;
  try {
    return { matchExpressions: parseLabelSelector(text).map(selectorRequirement) };
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
}

function fieldSelectorOf(invocation: Invocation): FieldSelector | undefined {
  const text = invocation.flags.value('field-selector');
  if (text === undefined || text === '') return undefined;
  try {
    const requirements = parseFieldSelector(text);
    if (requirements.some(({ operator }) => operator !== '=')) {
      throw new CommandError('field selectors with != are not modelled here');
    }
    return Object.fromEntries(requirements.map(({ field, value }) => [field, value]));
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
}

function listOptions(invocation: Invocation, resource: Resource): ListOptions {
  const labelSelector = labelSelectorOf(invocation);
  const fieldSelector = fieldSelectorOf(invocation);
  const isEverywhere = !resource.namespaced || invocation.flags.isSet('all-namespaces');
  return {
    ...(isEverywhere ? {} : { namespace: invocation.namespace }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

export interface Found {
  readonly resource: Resource;
  readonly objects: readonly KubeObject[];
}

/** Objects of a list carry their kind, as they do when they are asked for one by one. */
function ofList(list: ObjectList<KubeObject>): readonly KubeObject[] {
  return list.items;
}

/**
 * Asks for what the targets name and hands it over in their order; what is missing is reported, and the rest handed over all the same.
 */
export function fetchTargets(
  invocation: Invocation,
  targets: readonly Target[],
  use: (found: readonly Found[]) => void,
): void {
  const found: Found[] = [];
  const add = (resource: Resource, objects: readonly KubeObject[]): void => {
    const last = found.at(-1);
    if (last?.resource === resource) found[found.length - 1] = { resource, objects: [...last.objects, ...objects] };
    else found.push({ resource, objects });
  };
  const { client } = invocation;
  const options = new Map(targets.map(({ resource }) => [resource, listOptions(invocation, resource)]));
  inOrder(
    targets,
    ({ resource, name }, next) => {
      if (name !== undefined) {
        const namespace = resource.namespaced ? invocation.namespace : undefined;
        client.get(
          resource,
          namespace,
          name,
          invocation.answer(next, (object) => add(resource, [object])),
        );
        return;
      }
      client.list(resource, options.get(resource) as ListOptions, (result) => {
        if (result.ok) add(resource, ofList(result.list));
        else invocation.problem(serverErrorText(result.status));
        next();
      });
    },
    () => invocation.guard(() => use(found)),
  );
}

/** The manifests of every `-f`, each with its resource and its namespace. @throws CommandError */
export function manifestsOf(invocation: Invocation): { readonly resource: Resource; readonly object: KubeObject }[] {
  const files = invocation.flags.values('filename');
  return files.flatMap((file) => {
    let objects: readonly KubeObject[];
    try {
      objects = invocation.input.readManifests(file);
    } catch (error) {
      throw new CommandError((error as Error).message);
    }
    return objects.map((object) => {
      const resource = resourceOfKind(object.apiVersion, object.kind);
      if (resource === undefined) {
        const name = object.metadata?.name ?? '';
        throw new CommandError(
          `resource mapping not found for name: "${name}" namespace: "${object.metadata?.namespace ?? ''}" from "${file}": no matches for kind "${object.kind}" in version "${object.apiVersion}"\nensure CRDs are installed first`,
        );
      }
      if (!resource.namespaced || object.metadata.namespace) return { resource, object };
      const metadata = { ...object.metadata, namespace: invocation.namespace };
      return { resource, object: { ...object, metadata } };
    });
  });
}

/** Targets on the command line, or those of the manifests of `-f`. @throws CommandError */
export function targetsOrManifests(invocation: Invocation): Target[] {
  if (!invocation.flags.has('filename')) return targetsOf(invocation.args);
  return manifestsOf(invocation).map(({ resource, object }) => ({ resource, name: object.metadata.name }));
}
