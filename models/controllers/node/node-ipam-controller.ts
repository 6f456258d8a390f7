/**
 * Gives every Node its own range of Pod addresses out of the cluster's.
 * Source: pkg/controller/nodeipam/ipam/{range_allocator.go,cidrset/cidr_set.go}: ranges are handed out moving forward, and
 * come back into use only after the whole cluster range has been gone through.
 */
import type { Node } from '../../objects/node.ts';
import { NODES } from '../../objects/resources.ts';
import { Controller, messageOf, type SyncDone } from '../controller.ts';
import type { ControllerContext, ObjectCache } from '../controller-context.ts';

const MAX_RETRIES = 3;

function parseIPv4(text: string): number {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return Number.NaN;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function formatIPv4(value: number): string {
  return [16777216, 65536, 256, 1].map((unit) => Math.floor(value / unit) % 256).join('.');
}

/** Ranges of equal size within one. */
export class CidrSet {
  readonly #base: number;
  readonly #maskSize: number;
  readonly #size: number;
  readonly #used = new Set<number>();
  readonly capacity: number;
  #next = 0;

  /** @throws RangeError when the text is not an IPv4 range that holds at least one of the sub-ranges. */
  constructor(clusterCidr: string, nodeMaskSize: number) {
    const [address = '', mask = ''] = clusterCidr.split('/');
    const base = parseIPv4(address);
    const maskSize = Number(mask);
    if (Number.isNaN(base) || mask === '' || !(maskSize >= 0 && maskSize <= nodeMaskSize) || nodeMaskSize > 32) {
      throw new RangeError(
        `cluster CIDR is ${JSON.stringify(clusterCidr)} with node mask ${nodeMaskSize}; accepted is an IPv4 range such as 10.244.0.0/16 that is no smaller than a Node's`,
      );
    }
    this.#maskSize = nodeMaskSize;
    this.capacity = 1;
    for (let i = maskSize; i < nodeMaskSize; i++) this.capacity *= 2;
    let size = 1;
    for (let i = nodeMaskSize; i < 32; i++) size *= 2;
    this.#size = size;
    this.#base = base - (base % (size * this.capacity));
  }

  /** The next free range, or undefined when all are taken. */
  allocate(): string | undefined {
    if (this.#used.size === this.capacity) return undefined;
    while (this.#used.has(this.#next)) this.#next = (this.#next + 1) % this.capacity;
    const index = this.#next;
    this.#used.add(index);
    this.#next = (index + 1) % this.capacity;
    return `${formatIPv4(this.#base + index * this.#size)}/${this.#maskSize}`;
  }

  #indexOf(cidr: string): number | undefined {
    const index = (parseIPv4(cidr.split('/')[0] ?? '') - this.#base) / this.#size;
    return Number.isInteger(index) && index >= 0 && index < this.capacity ? index : undefined;
  }

  /** Takes a range that a Node has already. */
  occupy(cidr: string): void {
    const index = this.#indexOf(cidr);
    if (index !== undefined) this.#used.add(index);
  }

  release(cidr: string): void {
    const index = this.#indexOf(cidr);
    if (index !== undefined) this.#used.delete(index);
  }
}

export interface NodeIpamOptions {
  readonly workers: number;
  /** --cluster-cidr. */
  readonly clusterCidr: string;
  /** --node-cidr-mask-size-ipv4. */
  readonly nodeMaskSize: number;
}

export class NodeIpamController extends Controller {
  readonly #nodes: ObjectCache<Node>;
  readonly #cidrs: CidrSet;

  constructor(context: ControllerContext, options: NodeIpamOptions) {
    super(context, {
      name: 'node-ipam-controller',
      component: 'cidrAllocator',
      workers: options.workers,
      maxRetries: MAX_RETRIES,
    });
    this.#cidrs = new CidrSet(options.clusterCidr, options.nodeMaskSize);
    this.#nodes = context.cache(NODES);
    this.#nodes.addHandler({
      added: (node) => this.#seen(node),
      updated: (old, node) => {
        if (old.spec !== node.spec) this.#seen(node);
      },
      deleted: (node) => {
        for (const cidr of node.spec?.podCIDRs ?? []) this.#cidrs.release(cidr);
      },
    });
  }

  #seen(node: Node): void {
    const cidrs = node.spec?.podCIDRs ?? [];
    if (cidrs.length === 0) this.queue.add(node.metadata.name);
    for (const cidr of cidrs) this.#cidrs.occupy(cidr);
  }

  protected override sync(key: string, done: SyncDone): void {
    const node = this.#nodes.get(undefined, key);
    if (node === undefined || (node.spec?.podCIDRs ?? []).length > 0) {
      done();
      return;
    }
    const cidr = this.#cidrs.allocate();
    if (cidr === undefined) {
      this.recorder.event(node, 'Normal', 'CIDRNotAvailable', `Node ${key} status is now: CIDRNotAvailable`);
      done(`no range is left for Node ${key}`);
      return;
    }
    const change = (current: Node): Node =>
      (current.spec?.podCIDRs ?? []).length > 0
        ? current
        : { ...current, spec: { ...current.spec, podCIDR: cidr, podCIDRs: [cidr] } };
    this.context.client.patch(NODES, undefined, key, change, (result) => {
      const kept = result.ok && result.object.spec?.podCIDR === cidr;
      if (!kept) this.#cidrs.release(cidr);
      done(result.ok || result.status.reason === 'NotFound' ? undefined : messageOf(result));
    });
  }
}
