/**
 * IntOrString values that mean a count or a percentage of a total, as maxSurge, maxUnavailable and minAvailable are.
 * Source: staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go (GetScaledValueFromIntOrPercent).
 */
import type { IntOrString } from '../objects/meta.ts';

/** Says why an IntOrString is neither a whole number nor a whole percentage. */
export class IntOrPercentError extends RangeError {}

const PERCENT = /^[+-]?[0-9]+$/;

/**
 * The count that `value` means out of `total`; a percentage is rounded up or down.
 * @throws IntOrPercentError for text that is not a percentage, with the message that Kubernetes writes.
 */
export function scaledIntOrPercent(value: IntOrString | null | undefined, total: number, roundUp: boolean): number {
  if (value === null || value === undefined) throw new IntOrPercentError('nil value for IntOrString');
  if (typeof value === 'number') return value;
  if (!value.endsWith('%')) {
    throw new IntOrPercentError('invalid value for IntOrString: invalid type: string is not a percentage');
  }
  const digits = value.slice(0, -1);
  if (!PERCENT.test(digits)) {
    throw new IntOrPercentError(
      `invalid value for IntOrString: invalid value ${JSON.stringify(value)}: strconv.Atoi: parsing ${JSON.stringify(digits)}: invalid syntax`,
    );
  }
  const share = (Number(digits) * total) / 100;
  return roundUp ? Math.ceil(share) : Math.floor(share);
}
