/**
 * Counts of the Pods that one ReplicaSet controls, kept up to date from each change of a Pod, so that a sync need not
 * go through them all.
 */
import type { LabelSelector, Labels } from '../../objects/meta.ts';
import type { Pod } from '../../objects/pod.ts';
import { hasLabels, matchesLabelSelector } from '../label-match.ts';
import { isPodActive, isPodReady } from '../pod-facts.ts';

/** Numbers of active Pods that match the selector. */
export interface ReplicaCounts {
  readonly active: number;
  readonly ready: number;
  /** Carry all labels of the template. */
  readonly fullyLabeled: number;
}

/** By which Pods are counted; a new one means counting anew. */
export interface TallyProfile {
  readonly uid: string | undefined;
  readonly selector: LabelSelector | undefined;
  readonly templateLabels: Labels | undefined;
}

const COUNTED = 1;
const READY = 2;
const LABELED = 4;
/** Active and controlled, but the selector does not match. */
const STRANGER = 8;

export class ReplicaTally implements ReplicaCounts {
  readonly key: string;
  readonly profile: TallyProfile;
  active = 0;
  ready = 0;
  fullyLabeled = 0;
  /** Controlled Pods to be released. */
  strangers = 0;
  /** An orphan that matches may be there: the next sync looks. */
  mayHaveOrphans = true;
  #lastLabels: Labels | undefined;
  #lastLabelFlags = 0;

  constructor(key: string, profile: TallyProfile) {
    this.key = key;
    this.profile = profile;
  }

  /** Counts a Pod that was not counted before. */
  add(pod: Pod): void {
    this.#count(this.#flags(pod), 1);
  }

  /** Counts a Pod as it is now instead of as it was; true when any count has changed. */
  change(old: Pod, current: Pod): boolean {
    const before = this.#flags(old);
    const after = this.#flags(current);
    if (before === after) return false;
    this.#count(before, -1);
    this.#count(after, 1);
    return true;
  }

  /** The Pod is gone, or controlled by another; `pod` is as it was counted, not what a watch last says of it. */
  remove(pod: Pod): void {
    this.#count(this.#flags(pod), -1);
  }

  #count(flags: number, sign: number): void {
    if (flags & COUNTED) this.active += sign;
    if (flags & READY) this.ready += sign;
    if (flags & LABELED) this.fullyLabeled += sign;
    if (flags & STRANGER) this.strangers += sign;
  }

  #flags(pod: Pod): number {
    if (!isPodActive(pod)) return 0;
    const labels = this.#labelFlags(pod.metadata.labels);
    if (labels === STRANGER) return STRANGER;
    return isPodReady(pod) ? labels | READY : labels;
  }

  /** Pods of one template share their labels object, so the last answer mostly holds. */
  #labelFlags(labels: Labels | undefined): number {
    if (labels !== undefined && labels === this.#lastLabels) return this.#lastLabelFlags;
    const { selector, templateLabels } = this.profile;
    const flags = matchesLabelSelector(selector, labels)
      ? hasLabels(labels, templateLabels)
        ? COUNTED | LABELED
        : COUNTED
      : STRANGER;
    this.#lastLabels = labels;
    this.#lastLabelFlags = flags;
    return flags;
  }
}

/** The counts of a list of active Pods that match. */
export function countReplicas(pods: readonly Pod[], templateLabels: Labels | undefined): ReplicaCounts {
  let ready = 0;
  let fullyLabeled = 0;
  for (const pod of pods) {
    if (isPodReady(pod)) ready++;
    if (hasLabels(pod.metadata.labels, templateLabels)) fullyLabeled++;
  }
  return { active: pods.length, ready, fullyLabeled };
}
