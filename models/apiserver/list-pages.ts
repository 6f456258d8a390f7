/**
 * Lists in pages: each page shows the state of the first one, until that is compacted away.
 * Source: apiserver/pkg/storage/etcd3/{store,errors}.go; compaction every 5 min (storagebackend/config.go).
 */
import { type Micros, MICROS_PER_SECOND, type Simulation } from '../../engine/index.ts';
import type { ListResult } from '../client/client.ts';
import type { KubeObject } from '../objects/meta.ts';
import { badRequest, expired } from './status-errors.ts';

/** History goes at the second compaction after it was made: after 5 to 10 minutes. Here 5. */
const KEPT_MICROS = 300 * MICROS_PER_SECOND;

const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter.';

interface Snapshot {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  readonly endMicros: Micros;
}

export class ListPages {
  readonly #sim: Simulation;
  readonly #snapshots = new Map<number, Snapshot>();
  #nextId = 1;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** The first page of a list. */
  first<T extends KubeObject>(items: readonly T[], limit: number | undefined, resourceVersion: string): ListResult<T> {
    if (limit === undefined || limit <= 0 || items.length <= limit)
      return { ok: true, list: { items, resourceVersion } };
    this.#forget();
    const id = this.#nextId++;
    this.#snapshots.set(id, { items, resourceVersion, endMicros: this.#sim.nowMicros + KEPT_MICROS });
    return page(items, 0, limit, resourceVersion, id);
  }

  /** The page that a token stands for. */
  next<T extends KubeObject>(token: string, limit: number | undefined): ListResult<T> {
    const parts = /^(\d+)\.(\d+)$/.exec(token);
    if (parts === null) return badRequest('continue key is not valid: the token is none that a list has given');
    this.#forget();
    const id = Number(parts[1]);
    const snapshot = this.#snapshots.get(id);
    if (snapshot === undefined) return expired(TOO_OLD);
    const { items, resourceVersion } = snapshot;
    return page(items as readonly T[], Number(parts[2]), limit || items.length, resourceVersion, id);
  }

  #forget(): void {
    for (const [id, { endMicros }] of this.#snapshots) {
      if (endMicros > this.#sim.nowMicros) return;
      this.#snapshots.delete(id);
    }
  }
}

function page<T extends KubeObject>(
  items: readonly T[],
  start: number,
  limit: number,
  resourceVersion: string,
  id: number,
): ListResult<T> {
  const end = start + limit;
  const list = { items: items.slice(start, end), resourceVersion };
  return { ok: true, list: end < items.length ? { ...list, continue: `${id}.${end}` } : list };
}
