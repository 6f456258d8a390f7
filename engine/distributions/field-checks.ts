/**
 * What the fields of a distribution must be. A wrong one is a RangeError that names the field, what was found and what is
 * accepted.
 */
import { type Distribution, ZIPF_LIMIT } from './distribution.ts';

/** @throws RangeError unless the value is a finite number. */
export function requireFinite(value: unknown, field: string): void {
  if (!Number.isFinite(value)) throw new RangeError(`${field} is ${String(value)}; accepted are finite numbers`);
}

/** @throws RangeError unless the value is a finite number above 0. */
export function requirePositive(value: unknown, field: string): void {
  if (!(Number.isFinite(value) && (value as number) > 0)) {
    throw new RangeError(`${field} is ${String(value)}; accepted are positive numbers`);
  }
}

/** @throws RangeError unless the value is a finite number of 0 or more. */
export function requireNotNegative(value: unknown, field: string): void {
  if (!(Number.isFinite(value) && (value as number) >= 0)) {
    throw new RangeError(`${field} is ${String(value)}; accepted are numbers of 0 or more`);
  }
}

/** @throws RangeError unless there is a weight, none is negative and they do not sum to 0. */
export function requireWeights(weights: readonly number[], field: string): void {
  if (weights.length === 0) throw new RangeError(`${field} is empty; at least one is needed`);
  weights.forEach((weight, i) => requireNotNegative(weight, `${field}[${i}]`));
  if (weights.every((weight) => weight === 0)) throw new RangeError(`${field} sum to 0; one must be positive`);
}

/** Checks a distribution and all within it. `field` is its name in messages. @throws RangeError */
export function checkDistribution(distribution: Distribution, field = 'distribution'): void {
  const at = (name: string): string => `${field}.${name}`;
  switch (distribution.kind) {
    case 'constant':
      requireFinite(distribution.value, at('value'));
      break;
    case 'uniform':
      requireFinite(distribution.min, at('min'));
      requireFinite(distribution.max, at('max'));
      if (!(distribution.min <= distribution.max)) {
        throw new RangeError(`${at('max')} is ${distribution.max}; it must not be below min, ${distribution.min}`);
      }
      break;
    case 'exponential':
      requirePositive(distribution.mean, at('mean'));
      break;
    case 'normal':
      requireFinite(distribution.mean, at('mean'));
      requireNotNegative(distribution.sd, at('sd'));
      break;
    case 'lognormal':
      requirePositive(distribution.median, at('median'));
      requireNotNegative(distribution.sigma, at('sigma'));
      break;
    case 'pareto':
      requirePositive(distribution.minimum, at('minimum'));
      requirePositive(distribution.shape, at('shape'));
      break;
    case 'weibull':
      requirePositive(distribution.scale, at('scale'));
      requirePositive(distribution.shape, at('shape'));
      break;
    case 'zipf':
      requireNotNegative(distribution.exponent, at('exponent'));
      if (!(Number.isInteger(distribution.count) && distribution.count > 0 && distribution.count <= ZIPF_LIMIT)) {
        throw new RangeError(
          `${at('count')} is ${distribution.count}; accepted are whole numbers from 1 to ${ZIPF_LIMIT}`,
        );
      }
      break;
    default:
      checkComposite(distribution, field);
  }
  checkTruncation(distribution, field);
}

function checkComposite(distribution: Distribution, field: string): void {
  if (distribution.kind === 'empirical') {
    const { values, weights } = distribution;
    if (values.length === 0) throw new RangeError(`${field}.values is empty; at least one is needed`);
    values.forEach((value, i) => requireFinite(value, `${field}.values[${i}]`));
    if (weights === undefined) return;
    if (weights.length !== values.length) {
      throw new RangeError(`${field}.weights has ${weights.length} entries; values has ${values.length}`);
    }
    requireWeights(weights, `${field}.weights`);
  } else if (distribution.kind === 'mixture') {
    const { components } = distribution;
    requireWeights(
      components.map(({ weight }) => weight),
      `${field}.components`,
    );
    components.forEach((component, i) =>
      checkDistribution(component.distribution, `${field}.components[${i}].distribution`),
    );
  } else {
    const kind = String((distribution as { kind: unknown }).kind);
    throw new RangeError(
      `${field}.kind is '${kind}'; accepted are constant, uniform, exponential, normal, lognormal, pareto, weibull, zipf, empirical, mixture`,
    );
  }
}

function checkTruncation({ truncate }: Distribution, field: string): void {
  if (truncate === undefined) return;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, by = 'redraw' } = truncate;
  if (Number.isNaN(min)) throw new RangeError(`${field}.truncate.min is NaN; accepted are numbers`);
  if (!(min <= max)) throw new RangeError(`${field}.truncate.max is ${max}; it must not be below min, ${min}`);
  if (by !== 'redraw' && by !== 'clamp') {
    throw new RangeError(`${field}.truncate.by is '${String(by)}'; accepted are redraw, clamp`);
  }
}
