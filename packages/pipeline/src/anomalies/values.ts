// Whether a feature is of the expected type, and of the expected number of values.
import type { ValueCounts } from '../statistics/dataset-statistics.js';
import { type Anomaly, type FeatureCheck, featureAnomaly } from './anomaly.js';

export function valueAnomalies(check: FeatureCheck): readonly Anomaly[] {
  const type = typeAnomaly(check);
  if (type !== null) return [type]; // nothing else fits then
  if (check.found.numNonMissing === 0) return [];
  return [...countAnomalies(check), ...uniqueAnomalies(check)];
}

function typeAnomaly(check: FeatureCheck): Anomaly | null {
  const { expected, found } = check;
  const type = found.type === 'STRING' ? 'BYTES' : found.type;
  if (expected.type === undefined || expected.type === type || found.numNonMissing === 0) return null;
  return featureAnomaly(check, 'UNEXPECTED_DATA_TYPE', `values are ${type}, they must be ${expected.type}`, {
    type,
    domain: undefined,
    minDomainMass: undefined,
  });
}

function countAnomalies(check: FeatureCheck): readonly Anomaly[] {
  const { expected, found } = check;
  const { min, max } = found.numValues;
  if (expected.shape !== undefined && !fitsShape(expected.shape, found.numValues, found.numMissing)) {
    const size = expected.shape.reduce((product, one) => product * one, 1);
    return [
      featureAnomaly(
        check,
        'INVALID_FEATURE_SHAPE',
        `an example has ${min === max ? min : `${min} to ${max}`} values, and ${found.numMissing} examples none; each must have ${size}, since the shape is [${expected.shape}]`,
        {
          shape: undefined,
          valueCount: min > 0 ? { min: 1 } : undefined,
        },
      ),
    ];
  }
  const all: Anomaly[] = [];
  const { min: least, max: most } = expected.valueCount ?? {};
  const change = { valueCount: { ...expected.valueCount } };
  if (least !== undefined && min < least) {
    all.push(
      featureAnomaly(
        check,
        'FEATURE_TYPE_LOW_NUMBER_VALUES',
        `an example has ${min} values, at least ${least} are needed`,
        { valueCount: { ...change.valueCount, min } },
      ),
    );
  }
  if (most !== undefined && max > most) {
    all.push(
      featureAnomaly(
        check,
        'FEATURE_TYPE_HIGH_NUMBER_VALUES',
        `an example has ${max} values, at most ${most} are allowed`,
        { valueCount: { ...change.valueCount, max } },
      ),
    );
  }
  return all;
}

function fitsShape(shape: readonly number[], { min, max }: ValueCounts, numMissing: number): boolean {
  const size = shape.reduce((product, one) => product * one, 1);
  return numMissing === 0 && min === size && max === size;
}

function uniqueAnomalies(check: FeatureCheck): readonly Anomaly[] {
  const { unique: limits } = check.expected;
  const { text } = check.found;
  if (limits === undefined) return [];
  const { min, max } = limits;
  if (text === null) {
    return [
      featureAnomaly(check, 'FEATURE_TYPE_NO_UNIQUE', 'numbers have no number of different values', {
        unique: undefined,
      }),
    ];
  }
  const { unique } = text;
  if (unique === null) {
    return [featureAnomaly(check, 'STATS_NOT_AVAILABLE', 'the number of different values is withheld')];
  }
  if (min !== undefined && unique < min) {
    return [
      featureAnomaly(
        check,
        'FEATURE_TYPE_LOW_UNIQUE',
        `there are ${unique} different values, at least ${min} are needed`,
        { unique: { ...limits, min: unique } },
      ),
    ];
  }
  if (max !== undefined && unique > max) {
    return [
      featureAnomaly(
        check,
        'FEATURE_TYPE_HIGH_UNIQUE',
        `there are ${unique} different values, at most ${max} are allowed`,
        { unique: { ...limits, max: unique } },
      ),
    ];
  }
  return [];
}
