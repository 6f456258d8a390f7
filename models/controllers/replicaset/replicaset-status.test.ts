/** Tests that a status leaves out what is 0, as the API does, and keeps the order of its fields. */
import { expect, test } from 'vitest';
import type { ReplicaSet } from '../../objects/workloads.ts';
import { replicaSetStatus } from './replicaset-status.ts';

const NUMBERS = [0, 2];

function setOf(generation: number | undefined): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'ns', ...(generation === undefined ? {} : { generation }) },
    spec: { replicas: 3, selector: {}, template: { spec: { containers: [] } } },
  };
}

test('every count that is not 0 is in the status, in the order of the API', () => {
  for (const fullyLabeled of NUMBERS) {
    for (const ready of NUMBERS) {
      for (const available of NUMBERS) {
        for (const generation of [undefined, 4]) {
          for (const failure of [undefined, 'quota']) {
            const counts = { active: 2, ready, fullyLabeled };
            const { conditions, ...status } = replicaSetStatus(setOf(generation), counts, available, failure, 'now');
            const expected = Object.entries({
              replicas: 2,
              fullyLabeledReplicas: fullyLabeled || undefined,
              readyReplicas: ready || undefined,
              availableReplicas: available || undefined,
              observedGeneration: generation,
            }).filter(([, value]) => value !== undefined);
            expect(Object.entries(status)).toEqual(expected);
            expect(conditions?.map(({ message }) => message)).toEqual(failure === undefined ? undefined : [failure]);
          }
        }
      }
    }
  }
});
