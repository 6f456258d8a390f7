/**
 * Revisions of a DaemonSet: one ControllerRevision for each template it has had.
 * Source: pkg/controller/daemon/update.go (constructHistory, snapshot, cleanupHistory).
 */
import type { Client } from '../../client/client.ts';
import type { PodTemplateSpec } from '../../objects/pod.ts';
import { CONTROLLER_REVISIONS, DAEMON_SETS } from '../../objects/resources.ts';
import type { ControllerRevision, DaemonSet } from '../../objects/workloads.ts';
import { isNamespaceTerminating, messageOf } from '../controller.ts';
import { controllerReference } from '../pod-control.ts';
import { podTemplateHash } from '../pod-template-hash.ts';
import { sameTemplate } from '../semantic-equal.ts';
import { oneByOne } from '../slow-start.ts';
import { REVISION_HASH_LABEL } from './daemon-pod.ts';

interface RevisionData {
  readonly spec?: { readonly template?: PodTemplateSpec };
}

function holdsTemplate(revision: ControllerRevision, daemonSet: DaemonSet): boolean {
  const template = (revision.data as RevisionData | undefined)?.spec?.template;
  return template !== undefined && sameTemplate(template, daemonSet.spec.template, '');
}

function snapshot(daemonSet: DaemonSet, revision: number): ControllerRevision {
  const { template } = daemonSet.spec;
  const hash = podTemplateHash(template, daemonSet.status?.collisionCount);
  const { name, namespace, annotations } = daemonSet.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...template.metadata?.labels, [REVISION_HASH_LABEL]: hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerReference(daemonSet)],
    },
    data: { spec: { template: { ...template, $patch: 'replace' } } },
    revision,
  };
}

/** The hash of the current revision, and the revisions before it. */
export interface DaemonHistory {
  readonly hash: string;
  readonly old: readonly ControllerRevision[];
}

type Answer = (history: DaemonHistory | undefined, error?: string) => void;

/** Finds the current revision among those of the set, or makes it; it always has the highest number. */
export function resolveHistory(
  client: Client,
  daemonSet: DaemonSet,
  revisions: readonly ControllerRevision[],
  answer: Answer,
): void {
  const current = revisions.filter((revision) => holdsTemplate(revision, daemonSet));
  const old = revisions.filter((revision) => !current.includes(revision));
  const number = old.reduce((max, revision) => Math.max(max, revision.revision), 0) + 1;
  const newest = current.reduce<ControllerRevision | undefined>(
    (best, revision) => (best === undefined || revision.revision > best.revision ? revision : best),
    undefined,
  );
  if (newest === undefined) {
    makeRevision(client, daemonSet, snapshot(daemonSet, number), old, answer);
    return;
  }
  const history = { hash: newest.metadata.labels?.[REVISION_HASH_LABEL] ?? '', old };
  if (newest.revision >= number) {
    answer(history);
    return;
  }
  client.update(CONTROLLER_REVISIONS, { ...newest, revision: number }, (result) => {
    if (result.ok) answer(history);
    else answer(undefined, messageOf(result));
  });
}

function makeRevision(
  client: Client,
  daemonSet: DaemonSet,
  revision: ControllerRevision,
  old: readonly ControllerRevision[],
  answer: Answer,
): void {
  client.create(CONTROLLER_REVISIONS, revision, (result) => {
    if (result.ok) {
      answer({ hash: revision.metadata.labels?.[REVISION_HASH_LABEL] ?? '', old });
    } else if (isNamespaceTerminating(result.status)) {
      answer(undefined);
    } else if (result.status.reason !== 'AlreadyExists') {
      answer(undefined, messageOf(result));
    } else {
      // Another template has the same hash, or the cache has not seen the revision: the next sync tells.
      const refusal = messageOf(result);
      client.get(CONTROLLER_REVISIONS, revision.metadata.namespace, revision.metadata.name, (existing) => {
        if (existing.ok && holdsTemplate(existing.object, daemonSet)) answer(undefined, refusal);
        else countCollision(client, daemonSet, () => answer(undefined, refusal));
      });
    }
  });
}

function countCollision(client: Client, daemonSet: DaemonSet, next: () => void): void {
  const status = daemonSet.status ?? {
    currentNumberScheduled: 0,
    numberMisscheduled: 0,
    desiredNumberScheduled: 0,
    numberReady: 0,
  };
  const collisionCount = (status.collisionCount ?? 0) + 1;
  client.updateStatus(DAEMON_SETS, { ...daemonSet, status: { ...status, collisionCount } }, next);
}

/** Old revisions beyond the limit, lowest first, but for those that Pods still have. */
export function surplusRevisions(
  daemonSet: DaemonSet,
  old: readonly ControllerRevision[],
  liveHashes: () => ReadonlySet<string>,
): readonly ControllerRevision[] {
  const surplus = old.length - (daemonSet.spec.revisionHistoryLimit ?? 10);
  if (surplus <= 0) return [];
  const live = liveHashes();
  return old
    .toSorted((x, y) => x.revision - y.revision)
    .filter((revision) => !live.has(revision.metadata.labels?.[REVISION_HASH_LABEL] ?? ''))
    .slice(0, surplus);
}

export function deleteRevisions(
  client: Client,
  revisions: readonly ControllerRevision[],
  done: (error?: string) => void,
): void {
  oneByOne(
    revisions,
    (revision, deleted) =>
      client.delete(CONTROLLER_REVISIONS, revision.metadata.namespace, revision.metadata.name, {}, (result) =>
        deleted(result.ok || result.status.reason === 'NotFound' ? undefined : messageOf(result)),
      ),
    done,
  );
}
