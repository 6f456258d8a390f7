/** Replays recorded calls of resource.Quantity: parsing, arithmetic, JSON. */
import {
  addQuantities,
  approximateNumber,
  compareQuantities,
  exactInt64,
  formatQuantity,
  HugeExponentError,
  isZeroQuantity,
  negateQuantity,
  NULL_QUANTITY,
  parseQuantity,
  type Quantity,
  roundUpQuantity,
  scaledValue,
  signOf,
  subtractQuantities,
} from '../../../models/objects/quantity.ts';
import { primitiveReplayer } from '../controllers/primitive-replayer.ts';

interface QuantityInput {
  readonly op: string;
  readonly s?: string;
  readonly a?: string;
  readonly b?: string;
  readonly raw?: string;
}

/** The verb %.15g of Go. */
function shortFloat(value: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const [digits = '', exponentText = '0'] = value.toExponential(14).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 15) {
    const text = value.toFixed(14 - exponent);
    return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  }
  const sign = exponent < 0 ? '-' : '+';
  return `${digits.replace(/\.?0+$/, '')}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

const scaled = (q: Quantity, scale: number): string => String(scaledValue(q, scale));

function parsed(text: string): unknown {
  const q = parseQuantity(text);
  const whole = roundUpQuantity(q, 0);
  const exact = exactInt64(q);
  return {
    approx: shortFloat(approximateNumber(q)),
    ...(exact === undefined ? {} : { asInt64: String(exact) }),
    format: q.format,
    isZero: isZeroQuantity(q),
    kilo: scaled(q, 3),
    micro: scaled(q, -6),
    milliValue: scaled(q, -3),
    nano: scaled(q, -9),
    neg: formatQuantity(negateQuantity(q)),
    roundUp0: formatQuantity(whole.quantity),
    roundUp0Exact: whole.exact,
    roundUpMilli: formatQuantity(roundUpQuantity(q, -3).quantity),
    sign: signOf(q),
    string: formatQuantity(q),
    value: scaled(q, 0),
  };
}

function summary(q: Quantity): unknown {
  return { format: q.format, milliValue: scaled(q, -3), string: formatQuantity(q), value: scaled(q, 0) };
}

function fromJson(raw: string): Quantity {
  if (raw === 'null') return NULL_QUANTITY;
  const isText = raw.length >= 2 && raw.startsWith('"') && raw.endsWith('"');
  return parseQuantity((isText ? raw.slice(1, -1) : raw).trim());
}

function run(input: QuantityInput): unknown {
  switch (input.op) {
    case 'parse':
      return parsed(input.s ?? '');
    case 'arith': {
      const a = parseQuantity(input.a ?? '');
      const b = parseQuantity(input.b ?? '');
      const cmp = compareQuantities(a, b);
      return { add: summary(addQuantities(a, b)), cmp, equal: cmp === 0, sub: summary(subtractQuantities(a, b)) };
    }
    case 'json': {
      const q = fromJson(input.raw ?? '');
      return { marshal: JSON.stringify(formatQuantity(q)), milliValue: scaled(q, -3), value: scaled(q, 0) };
    }
    default:
      throw new RangeError(`operation is ${input.op}; accepted are parse, arith and json`);
  }
}

export const quantityReplayer = primitiveReplayer<QuantityInput>(
  'quantity',
  'quantities',
  (input, recorded) => ({ expected: recorded, found: run(input) }),
  (error) => (error instanceof HugeExponentError ? 'huge-exponent' : undefined),
);
