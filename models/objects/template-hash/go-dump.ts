/**
 * A value as Go's spew prints it with %#v, keys sorted, no methods, no addresses: the text that Kubernetes hashes. Types stand in
 * parentheses before values, except within lists, maps and behind pointers.
 * Source: k8s.io/apimachinery/pkg/util/dump (ForHash), github.com/davecgh/go-spew/spew/format.go.
 */
import { parseQuantity, type Quantity } from '../quantity.ts';
import { goStruct } from './go-types.ts';

type Fields = Readonly<Record<string, unknown>>;

const NIL = '<nil>';
const ZERO_TIME = '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}';

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

/** A value of any type, with its type before it. */
function typed(value: unknown, type: string): string {
  // The type of a pointer that is set has one star; so has that of one that is nil.
  return `(${type})${dump(value, type)}`;
}

/** A value without its type. */
function dump(value: unknown, type: string): string {
  if (type.startsWith('*')) return isNothing(value) ? NIL : dump(value, type.slice(1));
  if (type.startsWith('[]')) return list(value, type.slice(2));
  if (type.startsWith('map[string]')) return map(value, type.slice('map[string]'.length));
  switch (type) {
    case 'v1.ResourceList':
      return map(value, 'resource.Quantity');
    case 'resource.Quantity':
      return quantity(value);
    case 'intstr.IntOrString':
      return intOrString(value);
    case 'v1.Time':
      return ZERO_TIME;
    case 'bool':
      return value === true ? 'true' : 'false';
    case 'int32':
    case 'int64':
      return isNothing(value) ? '0' : String(value);
    default:
      return struct(value, type) ?? (isNothing(value) ? '' : scalar(value));
  }
}

/** Text of a named string type; what is no text is a struct that is not taken apart, and stands as its JSON. */
function scalar(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** An empty list that came over the wire is nil. Elements that are pointers do not occur. */
function list(value: unknown, type: string): string {
  if (!Array.isArray(value) || value.length === 0) return NIL;
  return `[${value.map((item) => dump(item, type)).join(' ')}]`;
}

function map(value: unknown, type: string): string {
  const fields = (value ?? {}) as Fields;
  const keys = Object.keys(fields).sort();
  if (keys.length === 0) return NIL;
  return `map[${keys.map((key) => `${key}:${dump(fields[key], type)}`).join(' ')}]`;
}

function struct(value: unknown, type: string): string | undefined {
  const fields = goStruct(type);
  if (fields === undefined) return undefined;
  const given = (value ?? {}) as Fields;
  const parts = fields.map(({ goName, jsonName, type: fieldType, isEmbedded }) => {
    const field = isEmbedded ? given : given[jsonName];
    return `${goName}:${typed(field, fieldType)}`;
  });
  return `{${parts.join(' ')}}`;
}

function decimal({ unscaled, scale }: Quantity): string {
  const sign = unscaled < 0n ? 'true' : 'false';
  const digits: string[] = [];
  for (let rest = unscaled < 0n ? -unscaled : unscaled; rest > 0n; rest >>= 64n) {
    digits.push(String(BigInt.asUintN(64, rest)));
  }
  const words = digits.length === 0 ? NIL : `[${digits.join(' ')}]`;
  return `{unscaled:(big.Int){neg:(bool)${sign} abs:(big.nat)${words}} scale:(inf.Scale)${-scale}}`;
}

/** The inner fields of a quantity, as parsing leaves them. */
function quantity(value: unknown): string {
  const text = isNothing(value) ? undefined : String(value);
  const q: Quantity | undefined = text === undefined ? undefined : parseQuantity(text);
  const isWhole = q !== undefined && !q.isDecimal;
  const amount = `{value:(int64)${isWhole ? q.unscaled : 0n} scale:(resource.Scale)${isWhole ? q.scale : 0}}`;
  const dec = q?.isDecimal ? decimal(q) : NIL;
  const parts = [
    `i:(resource.int64Amount)${amount}`,
    `d:(resource.infDecAmount){Dec:(*inf.Dec)${dec}}`,
    `s:(string)${q?.spelling ?? ''}`,
    `Format:(resource.Format)${q?.format ?? ''}`,
  ];
  return `{${parts.join(' ')}}`;
}

/** 0 is a number, 1 is text. */
function intOrString(value: unknown): string {
  const isText = typeof value === 'string';
  const number = typeof value === 'number' ? value : 0;
  return `{Type:(intstr.Type)${isText ? 1 : 0} IntVal:(int32)${number} StrVal:(string)${isText ? value : ''}}`;
}

/** The text of a value of a Go type, with the type before it. */
export function goDump(value: unknown, type: string): string {
  return typed(value, type);
}
