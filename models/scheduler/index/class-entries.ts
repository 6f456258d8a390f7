/**
 * What the index keeps for each class of Pods under each profile: its plan, and the evaluation that it shares with classes which
 * nothing tells apart. Knows when a plan is no longer current, and lets go of classes that were not used for longest.
 */
import { termMatches } from '../framework/affinity-terms.ts';
import { NO_LABELS } from '../framework/label-matcher.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import type { ChangeLog } from './change-log.ts';
import { type ClassPlan, planClass, type PlanSurroundings } from './class-plan.ts';
import type { ImageInterest } from './image-interest.ts';
import type { IndexedProfile } from './indexed-profile.ts';
import type { EachPodKind } from './partition.ts';
import type { AnyEvaluation } from './sampled-evaluation.ts';
import { SharedParts } from './shared-parts.ts';
import { type DefaultInputs, defaultInputs, sameInputs } from './spread-features.ts';
import type { TopologyRules } from './topology-rules.ts';

/** How a class is decided. */
export interface Decider {
  readonly rules: TopologyRules;
  evaluation: AnyEvaluation;
}

/** A class under one profile. Without a plan the plain path decides. */
export interface ClassEntry {
  readonly plan: ClassPlan | undefined;
  readonly decider: Decider | undefined;
  /** Classes with affinity terms that the plan knows of. */
  affinityClasses: number;
  namespacesVersion: number;
  ownersVersion: number;
  defaultInputs: DefaultInputs;
  lastUsed: number;
}

export interface EntrySurroundings extends PlanSurroundings {
  readonly log: ChangeLog;
  readonly imageInterest: ImageInterest;
}

interface ProfileEntries {
  /** By the id of the class. Ids grow for ever, so that an array would too. */
  readonly byClass: Map<number, ClassEntry>;
  readonly shared: SharedParts;
}

export class ClassEntries {
  readonly #around: EntrySurroundings;
  readonly #classesMax: number;
  readonly #profiles = new Map<IndexedProfile, ProfileEntries>();
  readonly #eachPodKind: EachPodKind;
  /** Most schedulers have one profile. */
  #lastProfile: IndexedProfile | undefined;
  #lastEntries: ProfileEntries = { byClass: new Map(), shared: new SharedParts() };
  #count = 0;
  /** End of the log at which it is looked next for classes that are not used. */
  #nextSweep = 0;
  #uses = 0;

  constructor(around: EntrySurroundings, classesMax: number) {
    this.#around = around;
    this.#classesMax = classesMax;
    this.#eachPodKind = (needed, visit) => {
      around.kinds.count(around.log, around.nodes);
      for (const { id, countOf } of around.kinds.candidates(needed)) if (countOf.size > 0) visit(id, countOf);
    };
  }

  /** Bytes that evaluations hold, for the memory figures. */
  get bytes(): number {
    let bytes = 0;
    for (const { shared } of this.#profiles.values()) bytes += shared.bytes;
    return bytes;
  }

  /** @param looksAtAll no sample is wanted */
  of(profile: IndexedProfile, pod: PodInfo, looksAtAll: boolean): ClassEntry {
    if (this.#around.log.end > this.#nextSweep) this.#dropLost();
    const entries = this.#entriesOf(profile);
    const known = entries.byClass.get(pod.class.id);
    if (known !== undefined && this.#isCurrent(known, pod)) {
      known.lastUsed = ++this.#uses;
      return known;
    }
    if (known === undefined && this.#count >= this.#classesMax) this.#dropOldest();
    const plan = planClass(pod, profile, this.#around);
    const decider = plan === undefined ? undefined : this.#deciderOf(plan, entries.shared, looksAtAll);
    const entry = this.#makeEntry(pod, plan, decider);
    entries.byClass.set(pod.class.id, entry);
    if (known === undefined) this.#count++;
    // Parts of plans that are no longer current are let go of now and then, since others may still share them.
    if (entries.shared.evaluations > 2 * this.#count + 16) sweep(entries, this.#around.imageInterest);
    return entry;
  }

  /** Gives a class that decides by a sample an evaluation of all Nodes. */
  completeEvaluation(profile: IndexedProfile, { plan, decider }: ClassEntry): void {
    if (plan === undefined || decider === undefined) return;
    const { shared } = this.#entriesOf(profile);
    const { partition } = decider.evaluation;
    decider.evaluation = shared.evaluationOf(plan, partition, true, this.#around.imageInterest);
  }

  /** A plugin failed for this class, perhaps while something shared was being changed: the plain path decides from now on. */
  giveUp(profile: IndexedProfile, pod: PodInfo): void {
    this.forgetWhere(() => true);
    this.#count++;
    this.#entriesOf(profile).byClass.set(pod.class.id, this.#makeEntry(pod, undefined, undefined));
  }

  /** Forgets the classes whose plan meets the condition, and those without a plan. */
  forgetWhere(condition: (plan: ClassPlan) => boolean): void {
    // There may be another log.
    this.#nextSweep = 0;
    this.#keepWhere(({ plan }) => plan !== undefined && !condition(plan));
  }

  #entriesOf(profile: IndexedProfile): ProfileEntries {
    if (profile === this.#lastProfile) return this.#lastEntries;
    let entries = this.#profiles.get(profile);
    if (entries === undefined) {
      entries = { byClass: new Map(), shared: new SharedParts() };
      this.#profiles.set(profile, entries);
    }
    this.#lastProfile = profile;
    this.#lastEntries = entries;
    return entries;
  }

  #deciderOf(plan: ClassPlan, shared: SharedParts, looksAtAll: boolean): Decider {
    const { log, imageInterest } = this.#around;
    const { groups, scores } = shared.groupsOf(plan, log);
    const partition = shared.partitionOf(plan, groups, this.#eachPodKind, log);
    return {
      rules: { ...plan.topologyRules, groups: scores },
      evaluation: shared.evaluationOf(plan, partition, looksAtAll, imageInterest),
    };
  }

  #makeEntry(pod: PodInfo, plan: ClassPlan | undefined, decider: Decider | undefined): ClassEntry {
    const { listers, kinds } = this.#around;
    return {
      plan,
      decider,
      affinityClasses: kinds.classesWithAffinity.length,
      namespacesVersion: listers.namespaces.version,
      ownersVersion: this.#ownersVersion(),
      defaultInputs: defaultInputs(pod.class, listers),
      lastUsed: ++this.#uses,
    };
  }

  /** Whether nothing that the plan was made from has changed. */
  #isCurrent(entry: ClassEntry, pod: PodInfo): boolean {
    const { listers, kinds } = this.#around;
    if (entry.namespacesVersion !== listers.namespaces.version) {
      // Names and labels of namespaces matter to affinity terms only.
      if (pod.class.affinity.any || kinds.classesWithAffinity.length > 0) return false;
      entry.namespacesVersion = listers.namespaces.version;
    }
    const owners = this.#ownersVersion();
    if (entry.ownersVersion !== owners) {
      const inputs = defaultInputs(pod.class, listers, entry.defaultInputs);
      if (!sameInputs(entry.defaultInputs, inputs)) return false;
      entry.defaultInputs = inputs;
      entry.ownersVersion = owners;
    }
    const { classesWithAffinity } = kinds;
    for (; entry.affinityClasses < classesWithAffinity.length; entry.affinityClasses++) {
      if (this.#concerns(classesWithAffinity[entry.affinityClasses]?.affinity, pod)) return false;
    }
    return true;
  }

  /** Whether a term of another class means Pods of this one. */
  #concerns(affinity: PodInfo['class']['affinity'] | undefined, pod: PodInfo): boolean {
    if (affinity === undefined) return false;
    const { namespace, labels } = pod.class;
    const namespaceLabels = this.#around.listers.namespaces.get('', namespace)?.metadata.labels ?? NO_LABELS;
    const { requiredAffinity, requiredAntiAffinity, preferredAffinity, preferredAntiAffinity } = affinity;
    for (const terms of [requiredAffinity, requiredAntiAffinity, preferredAffinity, preferredAntiAffinity]) {
      for (const term of terms) if (termMatches(term, namespace, labels, namespaceLabels)) return true;
    }
    return false;
  }

  #ownersVersion(): number {
    const { services, replicationControllers, replicaSets, statefulSets } = this.#around.listers;
    return services.version + replicationControllers.version + replicaSets.version + statefulSets.version;
  }

  /** Lets go of classes that were not used for so long that all would have to be built afresh. */
  #dropLost(): void {
    const { log } = this.#around;
    this.#nextSweep = log.end + log.capacity;
    this.#keepWhere(({ decider }) => decider?.evaluation.partition.isLost !== true);
  }

  /** Makes room for new classes: the half that was not used for longest goes. */
  #dropOldest(): void {
    const uses = [...this.#profiles.values()].flatMap(({ byClass }) =>
      [...byClass.values()].map((entry) => entry.lastUsed),
    );
    const border = uses.sort((a, b) => a - b)[Math.floor(uses.length / 2)] as number;
    this.#keepWhere(({ lastUsed }) => lastUsed >= border);
  }

  #keepWhere(condition: (entry: ClassEntry) => boolean): void {
    for (const entries of this.#profiles.values()) {
      for (const [id, entry] of entries.byClass) {
        if (condition(entry)) continue;
        entries.byClass.delete(id);
        this.#count--;
      }
      // Also when nothing was dropped: parts of plans that were replaced may be older than what is being forgotten.
      sweep(entries, this.#around.imageInterest);
    }
  }
}

/** Lets go of the parts that no class uses. */
function sweep({ byClass, shared }: ProfileEntries, interest: ImageInterest): void {
  const used = new Set<AnyEvaluation>();
  for (const entry of byClass.values()) if (entry.decider !== undefined) used.add(entry.decider.evaluation);
  shared.keepOnly(used, interest);
}
