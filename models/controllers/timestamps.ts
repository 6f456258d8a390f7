/** The timestamps that controllers compute with; the arithmetic is that of the objects. */
export { timestampToSeconds } from '../objects/timestamp.ts';
