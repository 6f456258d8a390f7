/** Metadata at another revision: what a spread gives, field by field and in the same order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ObjectMeta } from './meta.ts';
import { atRevision } from './object-copies.ts';

const WHOLE: ObjectMeta = {
  name: 'n',
  generateName: 'g',
  namespace: 'd',
  labels: {},
  ownerReferences: [],
  annotations: {},
  uid: 'u',
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: 't',
};

const pick = (...fields: (keyof ObjectMeta)[]): ObjectMeta =>
  Object.fromEntries(fields.map((field) => [field, WHOLE[field]])) as unknown as ObjectMeta;

const POD = pick(
  'name',
  'generateName',
  'namespace',
  'labels',
  'ownerReferences',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
);
const metadata: fc.Arbitrary<ObjectMeta> = fc.oneof(
  fc.constantFrom(POD, { ...POD, finalizers: [] }),
  fc.shuffledSubarray(Object.keys(WHOLE) as (keyof ObjectMeta)[], { minLength: 1 }).map((fields) => pick(...fields)),
);

test('metadata at another revision is the metadata with that revision spread', () => {
  fc.assert(
    fc.property(metadata, (given) => {
      expect(JSON.stringify(atRevision(given, '2'))).toBe(JSON.stringify({ ...given, resourceVersion: '2' }));
    }),
  );
});
