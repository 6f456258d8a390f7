/**
 * Binds volumes through the API before a Pod is bound: claims a PersistentVolume for each matched claim, annotates the claims to be
 * provisioned with the chosen Node, and waits until the volume controllers have done the rest, or for ten minutes.
 *
 * Source: pkg/scheduler/framework/plugins/volumebinding/binder.go BindPodVolumes, checkBindings; bindTimeoutSeconds 600.
 */
import { MICROS_PER_SECOND, type Micros, type ScheduledEvent, type Simulation } from '../../engine/index.ts';
import type { Client } from '../client/client.ts';
import type { ObjectCache } from '../controllers/controller-context.ts';
import type { Pod } from '../objects/pod.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from '../objects/resources.ts';
import type { PersistentVolumeClaim } from '../objects/storage.ts';
import { isFullyBound, type PodVolumes, SELECTED_NODE } from './volumes/volume-binding.ts';
import { claimedBy, selecting, type VolumeBinder } from './volumes/volume-binding-plugin.ts';
import { objectKey } from './volumes/volume-objects.ts';

/** VolumeBindingArgs.bindTimeoutSeconds. */
export const DEFAULT_BIND_TIMEOUT_MICROS: Micros = 600 * MICROS_PER_SECOND;

interface Waiting {
  readonly nodeName: string;
  /** Keys of the claims that are not yet bound. */
  readonly claims: Set<string>;
  isOver: boolean;
  timeOut: ScheduledEvent | undefined;
  readonly done: (problem: string | undefined) => void;
}

export class ApiVolumeBinder implements VolumeBinder {
  readonly #sim: Simulation;
  readonly #client: Client;
  readonly #timeoutMicros: Micros;
  readonly #claims: ObjectCache<PersistentVolumeClaim>;
  readonly #waitingFor = new Map<string, Set<Waiting>>();

  constructor(
    sim: Simulation,
    client: Client,
    claims: ObjectCache<PersistentVolumeClaim>,
    timeoutMicros: Micros = DEFAULT_BIND_TIMEOUT_MICROS,
  ) {
    this.#sim = sim;
    this.#client = client;
    this.#timeoutMicros = timeoutMicros;
    this.#claims = claims;
    claims.addHandler({
      updated: (old, claim) => {
        this.#look(claim);
        this.#lookForDeselection(old, claim);
      },
      deleted: (claim) => this.#lost(claim),
    });
  }

  bind(
    _pod: Pod,
    { bind, provision }: PodVolumes,
    nodeName: string,
    done: (problem: string | undefined) => void,
  ): void {
    const claims = [...bind.map(({ claim }) => claim), ...provision];
    const keys = claims.map(({ metadata }) => objectKey(metadata.namespace, metadata.name));
    const waiting: Waiting = { nodeName, claims: new Set(keys), isOver: false, timeOut: undefined, done };
    let requests = claims.length;
    const answered = (result: { readonly ok: boolean; readonly status?: { readonly message?: string } }): void => {
      requests--;
      if (!result.ok) this.#end(waiting, result.status?.message ?? 'the API server refused');
      else if (requests === 0 && !waiting.isOver) this.#wait(waiting, claims);
    };
    for (const { claim, volume } of bind) {
      this.#client.update(PERSISTENT_VOLUMES, claimedBy(volume, claim), answered);
    }
    for (const claim of provision) this.#client.update(PERSISTENT_VOLUME_CLAIMS, selecting(claim, nodeName), answered);
  }

  #wait(waiting: Waiting, claims: readonly PersistentVolumeClaim[]): void {
    for (const key of waiting.claims) {
      const group = this.#waitingFor.get(key);
      if (group === undefined) this.#waitingFor.set(key, new Set([waiting]));
      else group.add(waiting);
    }
    const timeOut = (one: Waiting): void => this.#end(one, 'timed out waiting for the condition');
    waiting.timeOut = this.#sim.after(this.#timeoutMicros, timeOut, waiting);
    for (const { metadata } of claims) {
      const latest = this.#claims.get(metadata.namespace, metadata.name);
      if (latest !== undefined) this.#look(latest);
    }
  }

  #look(claim: PersistentVolumeClaim): void {
    if (!isFullyBound(claim)) return;
    const key = objectKey(claim.metadata.namespace, claim.metadata.name);
    for (const waiting of this.#waitingFor.get(key) ?? []) {
      waiting.claims.delete(key);
      if (waiting.claims.size === 0) this.#end(waiting, undefined);
    }
  }

  /** A provisioner that fails takes the annotation off again, so that another Node may be chosen. */
  #lookForDeselection(old: PersistentVolumeClaim, claim: PersistentVolumeClaim): void {
    const before = old.metadata.annotations?.[SELECTED_NODE];
    if (before === undefined || before === claim.metadata.annotations?.[SELECTED_NODE]) return;
    const key = objectKey(claim.metadata.namespace, claim.metadata.name);
    for (const waiting of this.#waitingFor.get(key) ?? []) {
      if (waiting.nodeName === before) this.#end(waiting, `provisioning failed for PVC "${claim.metadata.name}"`);
    }
  }

  #lost(claim: PersistentVolumeClaim): void {
    const key = objectKey(claim.metadata.namespace, claim.metadata.name);
    for (const waiting of this.#waitingFor.get(key) ?? []) {
      this.#end(waiting, `persistentvolumeclaim "${claim.metadata.name}" not found`);
    }
  }

  #end(waiting: Waiting, problem: string | undefined): void {
    if (waiting.isOver) return;
    waiting.isOver = true;
    if (waiting.timeOut !== undefined) this.#sim.cancel(waiting.timeOut);
    for (const [key, group] of this.#waitingFor)
      if (group.delete(waiting) && group.size === 0) this.#waitingFor.delete(key);
    waiting.done(problem);
  }
}
