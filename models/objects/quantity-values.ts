/**
 * Quantities as plain numbers for hot paths: thousandths and whole units, parsed once for each spelling. Numbers are exact up to
 * 2^53 (8 PiB; nine thousand billion milli-units); beyond that they are the nearest double.
 */
import { parseQuantity, type Quantity, scaledValue } from './quantity.ts';

/** As manifests carry it: text, or a number that YAML or JSON made of it. */
export type QuantityText = string | number;

/** Spellings kept; a cluster uses a few hundred. When full, the cache is emptied. */
const CACHE_SIZE = 8192;

interface Parsed {
  readonly quantity: Quantity;
  readonly milliValue: number;
  readonly value: number;
}

const cache = new Map<QuantityText, Parsed>();

function parsed(text: QuantityText): Parsed {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const quantity = parseQuantity(String(text));
  const entry = { quantity, milliValue: Number(scaledValue(quantity, -3)), value: Number(scaledValue(quantity, 0)) };
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(text, entry);
  return entry;
}

/** The quantity of a spelling. @throws QuantityError */
export function quantityOf(text: QuantityText): Quantity {
  return parsed(text).quantity;
}

/** Thousandths, rounded up: what CPU is counted in. @throws QuantityError */
export function milliValue(text: QuantityText): number {
  return parsed(text).milliValue;
}

/** Whole units, rounded up: bytes of memory, pieces of anything else. @throws QuantityError */
export function value(text: QuantityText): number {
  return parsed(text).value;
}
