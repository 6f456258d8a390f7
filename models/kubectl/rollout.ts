/**
 * `kubectl rollout status`: follows a Deployment or a DaemonSet until it is rolled out. `rollout restart` marks the template.
 * Source of the messages: staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go.
 */
import { secondsToMicros } from '../../engine/index.ts';
import type { Watch } from '../client/client.ts';
import type { KubeObject } from '../objects/meta.ts';
import type { PodTemplateSpec } from '../objects/pod.ts';
import { DAEMON_SETS, DEPLOYMENTS, type Resource } from '../objects/resources.ts';
import { formatTimestamp } from '../objects/timestamp.ts';
import type { DaemonSet, Deployment } from '../objects/workloads.ts';
import { CommandError } from './command-error.ts';
import type { FlagTable } from './flags.ts';
import { inOrder, type Invocation, serverErrorText } from './invocation.ts';
import { fetchTargets, objectText, targetsOf } from './resource-arguments.ts';

export const ROLLOUT_FLAGS: FlagTable = { timeout: 'value', watch: 'boolean', selector: 'value' };

interface Progress {
  readonly text: string;
  readonly isDone: boolean;
}

function waiting(text: string): Progress {
  return { text: `Waiting for ${text}...`, isDone: false };
}

/** @throws CommandError when the Deployment has missed its deadline. */
export function deploymentProgress({ metadata, spec, status }: Deployment): Progress {
  const { name, generation = 0 } = metadata;
  if (generation > (status?.observedGeneration ?? 0)) return waiting('deployment spec update to be observed');
  const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    throw new CommandError(`deployment "${name}" exceeded its progress deadline`);
  }
  const updated = status?.updatedReplicas ?? 0;
  const available = status?.availableReplicas ?? 0;
  const old = (status?.replicas ?? 0) - updated;
  const finish = `deployment "${name}" rollout to finish:`;
  if (updated < (spec.replicas ?? 1)) {
    return waiting(`${finish} ${updated} out of ${spec.replicas ?? 1} new replicas have been updated`);
  }
  if (old > 0) return waiting(`${finish} ${old} old replicas are pending termination`);
  if (available < updated) return waiting(`${finish} ${available} of ${updated} updated replicas are available`);
  return { text: `deployment "${name}" successfully rolled out`, isDone: true };
}

/** @throws CommandError when the DaemonSet does not roll. */
export function daemonSetProgress({ metadata, spec, status }: DaemonSet): Progress {
  const { name, generation = 0 } = metadata;
  if (spec.updateStrategy?.type === 'OnDelete') {
    throw new CommandError('rollout status is only available for RollingUpdate strategy type');
  }
  if (generation > (status?.observedGeneration ?? 0)) return waiting('daemon set spec update to be observed');
  const desired = status?.desiredNumberScheduled ?? 0;
  const updated = status?.updatedNumberScheduled ?? 0;
  const available = status?.numberAvailable ?? 0;
  const finish = `daemon set "${name}" rollout to finish:`;
  if (updated < desired) return waiting(`${finish} ${updated} out of ${desired} new pods have been updated`);
  if (available < desired) return waiting(`${finish} ${available} of ${desired} updated pods are available`);
  return { text: `daemon set "${name}" successfully rolled out`, isDone: true };
}

function progressOf(resource: Resource, object: KubeObject): Progress {
  if (resource.kind === DEPLOYMENTS.kind) return deploymentProgress(object as Deployment);
  return daemonSetProgress(object as DaemonSet);
}

/** Seconds of a duration such as 60s, 5m or 1m30s. @throws CommandError */
export function durationSeconds(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const unit: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  let seconds = 0;
  let rest = text;
  while (rest !== '') {
    const part = /^(\d+(?:\.\d+)?)(ms|h|m|s)/.exec(rest);
    if (part === null)
      throw new CommandError(`invalid duration ${JSON.stringify(text)}; accepted are such as 90s, 5m, 1h30m`);
    seconds += Number(part[1]) * (unit[part[2] as string] as number);
    rest = rest.slice(part[0].length);
  }
  return seconds;
}

/** Prints how far an object is each time it changes; `end` when it is rolled out, has failed or the time is up. */
function follow(invocation: Invocation, resource: Resource, name: string, end: () => void): void {
  const { namespace, sim, flags } = invocation;
  let watch: Watch | undefined;
  let isOver = false;
  const stop = (): void => {
    if (isOver) return;
    isOver = true;
    watch?.stop();
    end();
  };
  const look = (object: KubeObject): void => {
    if (isOver) return;
    invocation.guard(() => {
      const { text, isDone } = progressOf(resource, object);
      invocation.print(text);
      if (isDone || flags.value('watch') === 'false') stop();
    });
    if (invocation.isOver) stop();
  };
  const limit = flags.value('timeout');
  if (limit !== undefined && durationSeconds(limit) > 0) {
    const expire = (): void => {
      if (isOver) return;
      invocation.problem('error: timed out waiting for the condition');
      stop();
    };
    sim.after(secondsToMicros(durationSeconds(limit)), expire);
  }
  watch = invocation.client.watch(resource, { namespace, fieldSelector: { 'metadata.name': name } }, (event) => {
    if (event.type === 'ADDED' || event.type === 'MODIFIED') look(event.object);
    else if (event.type === 'DELETED') {
      invocation.problem('error: object has been deleted');
      stop();
    } else if (event.type === 'ERROR') {
      invocation.problem(serverErrorText(event.status));
      stop();
    }
  });
  if (isOver) watch.stop();
}

function rolloutStatus(invocation: Invocation, args: readonly string[]): void {
  const targets = targetsOf(args);
  for (const { resource } of targets) {
    if (resource.kind !== DEPLOYMENTS.kind && resource.kind !== DAEMON_SETS.kind) {
      throw new CommandError(`no status viewer has been implemented for ${resource.kind}`);
    }
  }
  fetchTargets(invocation, targets, (found) => {
    const objects = found.flatMap(({ resource, objects: some }) => some.map((object) => ({ resource, object })));
    inOrder(
      objects,
      ({ resource, object }, next) => follow(invocation, resource, object.metadata.name, next),
      () => invocation.finish(),
    );
  });
}

interface Templated extends KubeObject {
  readonly spec?: { readonly template?: PodTemplateSpec };
}

function rolloutRestart(invocation: Invocation, args: readonly string[]): void {
  const at = formatTimestamp(Math.floor(invocation.input.nowSeconds()));
  fetchTargets(invocation, targetsOf(args), (found) => {
    const objects = found.flatMap(({ resource, objects: some }) => some.map((object) => ({ resource, object })));
    inOrder(
      objects,
      ({ resource, object }, next) => {
        const { name, namespace } = object.metadata;
        const change = (stored: KubeObject): KubeObject => {
          const { spec } = stored as Templated;
          const template = spec?.template;
          const annotations = { ...template?.metadata?.annotations, 'kubectl.kubernetes.io/restartedAt': at };
          const metadata = { ...template?.metadata, annotations };
          return { ...stored, spec: { ...spec, template: { ...template, metadata } } } as KubeObject;
        };
        const said = (): void => invocation.print(`${objectText(resource, name)} restarted`);
        invocation.client.patch(resource, namespace, name, change, invocation.answer(next, said));
      },
      () => invocation.finish(),
    );
  });
}

export function rollout(invocation: Invocation): void {
  const [command = '', ...args] = invocation.args;
  if (command === 'status') rolloutStatus(invocation, args);
  else if (command === 'restart') rolloutRestart(invocation, args);
  else throw new CommandError(`rollout ${command} is not modelled; accepted are status and restart`);
}
