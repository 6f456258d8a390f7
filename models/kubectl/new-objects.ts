/**
 * Commands that make objects: `create`, `run`, `expose`.
 * Source of the objects: staging/src/k8s.io/kubectl/pkg/cmd/{create,run,expose}; `run --replicas` as kubectl 1.17 and before.
 */
import type { KubeObject, Labels } from '../objects/meta.ts';
import type { Container, PodSpec, PodTemplateSpec } from '../objects/pod.ts';
import {
  apiVersionOf,
  CONFIG_MAPS,
  DEPLOYMENTS,
  NAMESPACES,
  PODS,
  PRIORITY_CLASSES,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  type Resource,
  SERVICE_ACCOUNTS,
  SERVICES,
} from '../objects/resources.ts';
import { CommandError } from './command-error.ts';
import type { Flags, FlagTable } from './flags.ts';
import { inOrder, type Invocation, serverErrorText } from './invocation.ts';
import { jsonText, yamlText } from './object-text.ts';
import { fetchTargets, manifestsOf, objectText, targetsOf } from './resource-arguments.ts';

export const CREATE_FLAGS: FlagTable = {
  filename: 'value',
  image: 'value',
  replicas: 'value',
  port: 'value',
  'from-literal': 'value',
  tcp: 'value',
  clusterip: 'value',
  'node-port': 'value',
  'external-name': 'value',
  value: 'value',
  'global-default': 'boolean',
  description: 'value',
  'preemption-policy': 'value',
  'dry-run': 'value',
  output: 'value',
};

export const RUN_FLAGS: FlagTable = {
  image: 'value',
  replicas: 'value',
  port: 'value',
  labels: 'value',
  env: 'value',
  restart: 'value',
  command: 'boolean',
  requests: 'value',
  limits: 'value',
  'dry-run': 'value',
  output: 'value',
};

export const EXPOSE_FLAGS: FlagTable = {
  name: 'value',
  type: 'value',
  port: 'value',
  'target-port': 'value',
  protocol: 'value',
  selector: 'value',
  labels: 'value',
  'cluster-ip': 'value',
  'dry-run': 'value',
  output: 'value',
};

/** Sends an object, or only shows it with `--dry-run=client`. */
function send<T extends KubeObject>(
  invocation: Invocation,
  resource: Resource<T>,
  object: T,
  past: string,
  refused?: (message: string) => string,
): void {
  const dryRun = invocation.flags.value('dry-run');
  const output = invocation.flags.value('output');
  const show = (stored: T): void => {
    if (output === 'yaml') invocation.printText(yamlText(stored));
    else if (output === 'json') invocation.printText(jsonText(stored));
    else {
      const suffix = output === 'name' ? '' : ` ${past}${dryRun && dryRun !== 'none' ? ` (dry run)` : ''}`;
      invocation.print(`${objectText(resource, stored.metadata.name)}${suffix}`);
    }
    invocation.finish();
  };
  if (dryRun === 'client' || dryRun === 'true') {
    show(object);
    return;
  }
  if (dryRun !== undefined && dryRun !== 'none') {
    throw new CommandError(`--dry-run=${dryRun} is not modelled here; accepted are client and none`);
  }
  invocation.client.create(resource, object, (result) => {
    if (result.ok) show(result.object);
    else invocation.fail(refused?.(result.status.message ?? '') ?? serverErrorText(result.status));
  });
}

function metadataOf(invocation: Invocation, resource: Resource, name: string, labels?: Labels): KubeObject['metadata'] {
  return {
    name,
    ...(resource.namespaced ? { namespace: invocation.namespace } : {}),
    ...(labels === undefined ? {} : { labels }),
  };
}

function typeOf<T extends KubeObject>(resource: Resource<T>): Pick<KubeObject, 'apiVersion' | 'kind'> {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind };
}

function nameArgument(args: readonly string[], command: string): string {
  const [name, ...more] = args;
  if (name === undefined || more.length > 0) {
    throw new CommandError(
      `exactly one NAME is required, got ${args.length}\nSee '${command} -h' for help and examples`,
    );
  }
  return name;
}

/** A container named after the last part of its image. */
function containerOfImage(image: string): Container {
  const base = (image.split('/').at(-1) as string).split(/[:@]/)[0] as string;
  return { name: base.replace(/[^a-z0-9-]/g, '-'), image };
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new CommandError(`the port is ${JSON.stringify(text)}; accepted are 1 to 65535`);
  }
  return port;
}

function deploymentOf(
  invocation: Invocation,
  name: string,
  labels: Labels,
  template: PodTemplateSpec,
  replicas: number,
): KubeObject {
  return {
    ...typeOf(DEPLOYMENTS),
    metadata: metadataOf(invocation, DEPLOYMENTS, name, labels),
    spec: { replicas, selector: { matchLabels: labels }, template: { ...template, metadata: { labels } } },
  } as KubeObject;
}

function createDeployment(invocation: Invocation, args: readonly string[]): void {
  const { flags } = invocation;
  const name = nameArgument(args, 'kubectl create deployment');
  const images = flags.values('image').flatMap((list) => list.split(','));
  if (images.length === 0) throw new CommandError('required flag(s) "image" not set');
  const port = flags.value('port');
  const containers = images.map((image) => {
    const container = containerOfImage(image);
    return port === undefined ? container : { ...container, ports: [{ containerPort: portNumber(port) }] };
  });
  const object = deploymentOf(
    invocation,
    name,
    { app: name },
    { spec: { containers } },
    flags.integer('replicas') ?? 1,
  );
  send(invocation, DEPLOYMENTS as Resource, object, 'created', (text) => `error: failed to create deployment: ${text}`);
}

function literals(flags: Flags): Record<string, string> {
  return Object.fromEntries(
    flags.values('from-literal').map((literal) => {
      const equals = literal.indexOf('=');
      if (equals <= 0) throw new CommandError(`invalid literal source ${literal}, expected key=value`);
      return [literal.slice(0, equals), literal.slice(equals + 1)];
    }),
  );
}

const SERVICE_TYPES: Readonly<Record<string, string | undefined>> = {
  clusterip: 'ClusterIP',
  nodeport: 'NodePort',
  loadbalancer: 'LoadBalancer',
  externalname: 'ExternalName',
};

function createService(invocation: Invocation, args: readonly string[]): void {
  const [kind = '', ...names] = args;
  const type = SERVICE_TYPES[kind];
  if (type === undefined) {
    throw new CommandError(`the type is "${kind}"; accepted are ${Object.keys(SERVICE_TYPES).join(', ')}`);
  }
  const { flags } = invocation;
  const name = nameArgument(names, `kubectl create service ${kind}`);
  const ports = flags.values('tcp').map((text) => {
    const [port = '', target = port] = text.split(':');
    const targetPort = /^\d+$/.test(target) ? portNumber(target) : target;
    const nodePort = flags.integer('node-port');
    const known = nodePort === undefined ? {} : { nodePort };
    return { name: text.replace(':', '-'), protocol: 'TCP', port: portNumber(port), targetPort, ...known };
  });
  const external = flags.value('external-name');
  const clusterIp = flags.value('clusterip');
  const spec = {
    type,
    ...(type === 'ExternalName' ? { externalName: external } : { selector: { app: name }, ports }),
    ...(clusterIp === undefined ? {} : { clusterIP: clusterIp }),
  };
  const object = { ...typeOf(SERVICES), metadata: metadataOf(invocation, SERVICES, name, { app: name }), spec };
  send(
    invocation,
    SERVICES as Resource,
    object as KubeObject,
    'created',
    (text) => `error: failed to create ${type} service: ${text}`,
  );
}

/** Objects that are little more than a name. */
function createSimple(invocation: Invocation, resource: Resource, args: readonly string[], fields: object): void {
  const name = nameArgument(args, `kubectl create ${resource.singular}`);
  const object = { ...typeOf(resource), metadata: metadataOf(invocation, resource, name), ...fields };
  send(
    invocation,
    resource,
    object as KubeObject,
    'created',
    (text) => `error: failed to create ${resource.singular}: ${text}`,
  );
}

function priorityClassFields(flags: Flags): object {
  const description = flags.value('description');
  const preemptionPolicy = flags.value('preemption-policy');
  return {
    value: flags.integer('value') ?? 0,
    globalDefault: flags.isSet('global-default'),
    ...(description === undefined ? {} : { description }),
    ...(preemptionPolicy === undefined ? {} : { preemptionPolicy }),
  };
}

function createFiles(invocation: Invocation): void {
  const file = invocation.flags.value('filename') as string;
  inOrder(
    manifestsOf(invocation),
    ({ resource, object }, next) => {
      const context = `error when creating "${file}": `;
      invocation.client.create(
        resource,
        object,
        invocation.answer(
          next,
          (stored) => invocation.print(`${objectText(resource, stored.metadata.name)} created`),
          context,
        ),
      );
    },
    () => invocation.finish(),
  );
}

export function create(invocation: Invocation): void {
  if (invocation.flags.has('filename')) {
    createFiles(invocation);
    return;
  }
  const [kind = '', ...args] = invocation.args;
  switch (kind) {
    case 'deployment':
    case 'deploy':
      return createDeployment(invocation, args);
    case 'service':
    case 'svc':
      return createService(invocation, args);
    case 'namespace':
    case 'ns':
      return createSimple(invocation, NAMESPACES as Resource, args, {});
    case 'serviceaccount':
    case 'sa':
      return createSimple(invocation, SERVICE_ACCOUNTS as Resource, args, {});
    case 'configmap':
    case 'cm':
      return createSimple(invocation, CONFIG_MAPS as Resource, args, { data: literals(invocation.flags) });
    case 'priorityclass':
    case 'pc':
      return createSimple(invocation, PRIORITY_CLASSES as Resource, args, priorityClassFields(invocation.flags));
    default:
      throw new CommandError(
        `create ${kind} is not modelled; accepted are -f FILE, deployment, service, namespace, serviceaccount, configmap, priorityclass`,
      );
  }
}

function labelsOf(text: string | undefined, fallback: Labels): Labels {
  if (text === undefined) return fallback;
  return Object.fromEntries(text.split(',').map((pair) => pair.split('=', 2) as [string, string]));
}

function amounts(text: string | undefined): Record<string, string> | undefined {
  return text === undefined ? undefined : labelsOf(text, {});
}

function runSpec(flags: Flags, name: string, image: string, rest: readonly string[]): PodSpec {
  const port = flags.value('port');
  const requests = amounts(flags.value('requests'));
  const limits = amounts(flags.value('limits'));
  const env = flags.values('env').map((pair) => {
    const equals = pair.indexOf('=');
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
  });
  const container: Container = {
    name,
    image,
    ...(rest.length === 0 ? {} : flags.isSet('command') ? { command: rest } : { args: rest }),
    ...(env.length === 0 ? {} : { env }),
    ...(port === undefined ? {} : { ports: [{ containerPort: portNumber(port) }] }),
    ...(requests || limits ? { resources: { ...(requests ? { requests } : {}), ...(limits ? { limits } : {}) } } : {}),
  };
  return { containers: [container] };
}

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];

/** A Pod; with `--replicas`, as kubectl did up to 1.17, a Deployment. */
export function run(invocation: Invocation, rest: readonly string[]): void {
  const { flags, args } = invocation;
  const [name, ...more] = args;
  if (name === undefined) throw new CommandError('NAME is required for run');
  const image = flags.value('image');
  if (!image) throw new CommandError('required flag(s) "image" not set');
  const restart = flags.value('restart') ?? 'Always';
  if (!RESTART_POLICIES.includes(restart)) {
    throw new CommandError(`invalid restart policy: ${restart}`);
  }
  const labels = labelsOf(flags.value('labels'), { run: name });
  const spec = runSpec(flags, name, image, [...more, ...rest]);
  if (flags.has('replicas')) {
    if (restart !== 'Always') throw new CommandError('--replicas makes a Deployment, which needs --restart=Always');
    invocation.warn(
      'kubectl run --generator=deployment/apps.v1 is DEPRECATED and will be removed in a future version. Use kubectl run --generator=run-pod/v1 or kubectl create instead.',
    );
    const object = deploymentOf(invocation, name, labels, { spec }, flags.integer('replicas') as number);
    send(invocation, DEPLOYMENTS as Resource, object, 'created');
    return;
  }
  const pod = {
    ...typeOf(PODS),
    metadata: metadataOf(invocation, PODS, name, labels),
    spec: { ...spec, restartPolicy: restart },
  };
  send(invocation, PODS as Resource, pod as KubeObject, 'created');
}

interface Exposable extends KubeObject {
  readonly spec?: {
    readonly selector?: Labels | { readonly matchLabels?: Labels };
    readonly template?: PodTemplateSpec;
    readonly containers?: readonly Container[];
    readonly ports?: readonly { readonly port: number }[];
  };
}

/** The labels by which a Service would find the Pods of an object. @throws CommandError */
function selectorOf(resource: Resource, object: Exposable): Labels {
  switch (resource.kind) {
    case DEPLOYMENTS.kind:
    case REPLICA_SETS.kind: {
      const labels = (object.spec?.selector as { readonly matchLabels?: Labels } | undefined)?.matchLabels;
      if (labels === undefined) throw new CommandError("couldn't convert expressions to a Service selector");
      return labels;
    }
    case REPLICATION_CONTROLLERS.kind:
    case SERVICES.kind:
      return (object.spec?.selector as Labels | undefined) ?? {};
    case PODS.kind:
      if (!object.metadata.labels) {
        throw new CommandError(
          "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
        );
      }
      return object.metadata.labels;
    default:
      throw new CommandError(`cannot expose a ${resource.kind}${resource.group ? `.${resource.group}` : ''}`);
  }
}

function portsOf(flags: Flags, object: Exposable): number[] {
  const given = flags.value('port');
  if (given !== undefined) return given.split(',').map(portNumber);
  const containers = object.spec?.template?.spec?.containers ?? object.spec?.containers ?? [];
  const found = containers.flatMap(({ ports }) => (ports ?? []).map(({ containerPort }) => containerPort));
  if (found.length > 0) return found;
  const ofService = (object.spec?.ports ?? []).map(({ port }) => port);
  if (ofService.length === 0) throw new CommandError("couldn't find port via --port flag or introspection");
  return ofService;
}

export function expose(invocation: Invocation): void {
  const { flags } = invocation;
  const [target, ...others] = targetsOf(invocation.args);
  if (target?.name === undefined || others.length > 0)
    throw new CommandError('exactly one TYPE/NAME is required for expose');
  fetchTargets(invocation, [target], (found) => {
    const object = found[0]?.objects[0] as Exposable | undefined;
    if (object === undefined) {
      invocation.finish();
      return;
    }
    const name = flags.value('name') ?? object.metadata.name;
    const selector = labelsOf(flags.value('selector'), selectorOf(target.resource, object));
    const ports = portsOf(flags, object);
    const protocol = flags.value('protocol') ?? 'TCP';
    const targetText = flags.value('target-port');
    const list = ports.map((port, i) => ({
      ...(ports.length > 1 ? { name: `port-${i + 1}` } : {}),
      protocol,
      port,
      targetPort: targetText === undefined ? port : /^\d+$/.test(targetText) ? portNumber(targetText) : targetText,
    }));
    const type = flags.value('type');
    const clusterIp = flags.value('cluster-ip');
    const service = {
      ...typeOf(SERVICES),
      metadata: metadataOf(invocation, SERVICES, name, labelsOf(flags.value('labels'), object.metadata.labels ?? {})),
      spec: {
        ports: list,
        selector,
        ...(type === undefined ? {} : { type }),
        ...(clusterIp === undefined ? {} : { clusterIP: clusterIp }),
      },
    };
    send(invocation, SERVICES as Resource, service as unknown as KubeObject, 'exposed');
  });
}
