/** Copies of objects have every field of the original in its place. */
import { expect, test } from 'vitest';
import type { ObjectMeta } from './meta.ts';
import { atRevision, createdMetadata, updatedStatus, withMetadata, withParts } from './object-copies.ts';

const OWNER = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u0', controller: true };
const METADATA: Readonly<Record<string, ObjectMeta>> = {
  'a ReplicaSet': {
    name: 'web-1',
    namespace: 'default',
    labels: { app: 'web' },
    ownerReferences: [OWNER],
    annotations: { a: 'b' },
    uid: 'u1',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2024-01-01T00:00:00Z',
  },
  'a Deployment': {
    name: 'web',
    namespace: 'default',
    uid: 'u2',
    resourceVersion: '1',
    generation: 2,
    creationTimestamp: '2024-01-01T00:00:00Z',
    annotations: { a: 'b' },
  },
  'a Node': {
    name: 'n1',
    labels: { zone: 'a' },
    uid: 'u3',
    resourceVersion: '1',
    creationTimestamp: '2024-01-01T00:00:00Z',
  },
  'a Pod': {
    name: 'web-1-x',
    generateName: 'web-1-',
    namespace: 'default',
    labels: { app: 'web' },
    ownerReferences: [OWNER],
    uid: 'u4',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2024-01-01T00:00:00Z',
  },
  'an object with its fields in another order': {
    namespace: 'default',
    name: 'web',
    uid: 'u5',
    resourceVersion: '1',
    generation: 2,
    creationTimestamp: '2024-01-01T00:00:00Z',
    annotations: {},
  },
  'an object that is being deleted': {
    name: 'n1',
    labels: {},
    uid: 'u6',
    resourceVersion: '1',
    creationTimestamp: '2024-01-01T00:00:00Z',
    deletionTimestamp: '2024-01-01T00:00:00Z',
  },
};

test.each(Object.entries(METADATA))(
  'the metadata of %s at another revision has every field in its place',
  (_, given) => {
    const copy = atRevision(given, '2');
    expect(JSON.stringify(copy)).toBe(JSON.stringify({ ...given, resourceVersion: '2' }));
    const generation = 9;
    const raised = JSON.stringify({ ...given, resourceVersion: '3', generation });
    expect(JSON.stringify(atRevision(given, '3', generation))).toBe(raised);
    expect(given.resourceVersion).toBe('1');
  },
);

test.each<[string, ObjectMeta]>([
  ['of an Event', { name: 'web.1', namespace: 'default' }],
  ['of a Node', { name: 'n1', labels: { zone: 'a' } }],
  ['of a Pod', { name: '', generateName: 'web-', namespace: 'default', labels: {}, ownerReferences: [OWNER] }],
])('new metadata %s has what was given and then what is made up', (_, given) => {
  const made = { name: 'web-x', uid: 'u', resourceVersion: '7', creationTimestamp: '2024-01-01T00:00:00Z' };
  const { name, uid, resourceVersion, creationTimestamp } = made;
  expect(JSON.stringify(createdMetadata(given, made))).toBe(JSON.stringify({ ...given, ...made }));
  const counted = { name, uid, resourceVersion, generation: 1, creationTimestamp };
  expect(JSON.stringify(createdMetadata(given, counted))).toBe(JSON.stringify({ ...given, ...counted }));
});

test.each([
  ['with a status', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: { a: 1 }, status: { old: true } }],
  ['without a status', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: {} }],
  [
    'with a field of its own',
    { apiVersion: 'v1', kind: 'Event', metadata: { name: 'n' }, reason: 'x', spec: {}, status: {} },
  ],
])('an object %s is copied with other parts and nothing else changed', (_, object) => {
  const metadata = { name: 'm' };
  const copy = withParts(object, metadata, { b: 2 }, { ready: true });
  expect(JSON.stringify(copy)).toBe(JSON.stringify({ ...object, metadata, spec: { b: 2 }, status: { ready: true } }));
  expect(JSON.stringify(updatedStatus(object, null))).toBe(JSON.stringify({ ...object, status: null }));
  expect(JSON.stringify(withMetadata(object, metadata))).toBe(JSON.stringify({ ...object, metadata }));
});
