/**
 * The Pods of one Service in the order in which they came to it, and which of them have changed since each reader last looked: what
 * its readers make of the Pods then costs as much as what has changed.
 */
import type { Pod } from '../../objects/pod.ts';
import type { ObjectReference } from '../../objects/service.ts';
import { podReference } from './pod-endpoint.ts';

/** One Pod for as long as the Service selects it. */
export class Member {
  /** Its latest version; of a Pod that is gone, the last one. */
  pod: Pod;
  /** Members that came later have a greater one. */
  readonly order: number;
  isGone = false;
  /** One bit for each reader that has not seen the latest change yet. */
  unread = 0;
  #reference: ObjectReference | undefined;

  constructor(pod: Pod, order: number) {
    this.pod = pod;
    this.order = order;
  }

  /** How endpoints of all kinds refer to the Pod. */
  get reference(): ObjectReference {
    this.#reference ??= podReference(this.pod);
    return this.#reference;
  }
}

export class ServicePods {
  /** "namespace/name" of the Service. */
  readonly serviceKey: string;
  readonly #members = new Map<string, Member>();
  /** By reader, in the order of the first change that it has not seen. */
  readonly #unread: Member[][] = [];
  #everyReader = 0;
  #made = 0;

  constructor(serviceKey: string) {
    this.serviceKey = serviceKey;
  }

  /** One more reader, with the next number; to it all members are new. */
  addReader(): void {
    const bit = 1 << this.#unread.length;
    this.#everyReader |= bit;
    this.#unread.push([...this.#members.values()]);
    for (const member of this.#members.values()) member.unread |= bit;
  }

  members(): Iterable<Member> {
    return this.#members.values();
  }

  /** The Pods themselves. */
  *list(): Generator<Pod> {
    for (const member of this.#members.values()) yield member.pod;
  }

  /** The member of that uid. */
  member(uid: string): Member | undefined {
    return this.#members.get(uid);
  }

  /** The Pod is new, or has changed. */
  set(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    let member = this.#members.get(uid);
    if (member === undefined) {
      member = new Member(pod, this.#made++);
      this.#members.set(uid, member);
    }
    member.pod = pod;
    this.#note(member);
  }

  delete(uid: string): void {
    const member = this.#members.get(uid);
    if (member === undefined) return;
    this.#members.delete(uid);
    member.isGone = true;
    this.#note(member);
  }

  /** Members that have come, changed or gone since the reader last asked, each once. */
  takeChanged(reader: number): readonly Member[] {
    const changed = this.#unread[reader] as Member[];
    if (changed.length === 0) return changed;
    const bit = 1 << reader;
    for (const member of changed) member.unread &= ~bit;
    this.#unread[reader] = [];
    return changed;
  }

  #note(member: Member): void {
    if (member.unread === this.#everyReader) return;
    for (let reader = 0; reader < this.#unread.length; reader++) {
      const bit = 1 << reader;
      if ((member.unread & bit) !== 0) continue;
      member.unread |= bit;
      (this.#unread[reader] as Member[]).push(member);
    }
  }
}
