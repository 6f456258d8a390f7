/** The replayers of what `models/objects` computes. */
import type { Replayer } from '../recording.ts';
import { durationReplayer } from './duration-replayer.ts';
import { podResourcesReplayer } from './podresources-replayer.ts';
import { printOthersReplayer, printPodsReplayer } from './printers-replayer.ts';
import { quantityReplayer } from './quantity-replayer.ts';
import { selectorsReplayer } from './selectors-replayer.ts';

export const objectReplayers: readonly Replayer[] = [
  quantityReplayer,
  selectorsReplayer,
  podResourcesReplayer,
  durationReplayer,
  printPodsReplayer,
  printOthersReplayer,
];
