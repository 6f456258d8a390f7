/** The ring of moves against a list of all of them, for readers of which some fall behind, so that it is made longer under the others. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Moves } from './partition.ts';

test('what a ring of moves says it holds is what was written', () => {
  let held = 0;
  let lost = 0;
  const steps = fc.array(fc.record({ written: fc.nat({ max: 90 }), reader: fc.nat({ max: 2 }) }), { maxLength: 40 });
  fc.assert(
    fc.property(steps, fc.constantFrom(100, 500, 2000), (all, nodes) => {
      const moves = new Moves(nodes);
      const written: number[][] = [];
      const cursors = [0, 0, 0];
      for (const { written: count, reader } of all) {
        for (let i = 0; i < count; i++) {
          const move = [written.length % nodes, written.length % 7, written.length % 5];
          written.push(move);
          moves.append(move[0] as number, move[1] as number, move[2] as number);
        }
        const cursor = cursors[reader] as number;
        cursors[reader] = moves.end;
        if (!moves.holds(cursor)) {
          lost++;
          continue;
        }
        held++;
        const { mask, node, from, to } = moves;
        const read = written.slice(cursor).map((_, i) => {
          const at = (cursor + i) & mask;
          return [node[at], from[at], to[at]];
        });
        expect(read).toEqual(written.slice(cursor));
      }
    }),
    { numRuns: 300, seed: 14 },
  );
  expect(Math.min(held, lost)).toBeGreaterThan(500);
});
