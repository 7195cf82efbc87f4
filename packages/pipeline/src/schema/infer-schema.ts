// What a schema of the data at hand would be, by the rules of TensorFlow Data Validation (`CreateColumn` and the
// `..._domain_util` files of its anomalies): a first draft, to be read and changed by people.
import type { DatasetStatistics, FeatureStatistics } from '../statistics/dataset-statistics.js';
import type { Domain, Schema, SchemaFeature } from './schema.js';

export interface InferenceOptions {
  /** Whether a feature without missing values gets a shape; true by default. */
  readonly inferShape?: boolean;
  /** A text with more different values than this has no domain; 100 by default. */
  readonly maxStringDomainSize?: number;
}

const TRUE_TOKENS: readonly string[] = ['TRUE', 'true', 'SET', 'set', '1', ''];
const FALSE_TOKENS: readonly string[] = ['FALSE', 'false', 'CLEAR', 'clear', '0'];
const WHOLE_NUMBER = /^[+-]?\d+$/;

/** The schema of one split. */
export function inferSchema(statistics: DatasetStatistics, options: InferenceOptions = {}): Schema {
  return { features: statistics.features.map((feature) => inferFeature(feature, options)) };
}

/** What is expected of one feature. */
export function inferFeature(statistics: FeatureStatistics, options: InferenceOptions = {}): SchemaFeature {
  const { inferShape = true, maxStringDomainSize = 100 } = options;
  const { name, type, numNonMissing, numMissing, clients } = statistics;
  const { domain = null, minDomainMass = 1 } = inferDomain(statistics, maxStringDomainSize) ?? {};
  return {
    name,
    type: type === 'STRING' ? 'BYTES' : type,
    presence: {
      ...(numMissing === 0 && numNonMissing > 0 && { minFraction: 1 }),
      minCount: numNonMissing > 0 ? 1 : 0,
    },
    ...(clients !== null &&
      clients.withRows > 0 &&
      clients.withValues === clients.withRows && { clients: { minFraction: 1 } }),
    ...inferCounts(statistics, inferShape),
    ...(domain !== null && { domain }),
    ...(minDomainMass < 1 && { minDomainMass }),
  };
}

function inferCounts(
  { numValues: { min, max }, numMissing, numNonMissing }: FeatureStatistics,
  inferShape: boolean,
): Pick<SchemaFeature, 'shape' | 'valueCount'> {
  if (numNonMissing === 0 || min === 0) return {};
  // A shape [1] stands for one value; a longer list of one length for a vector.
  if (inferShape && numMissing === 0 && min === max) return { shape: [min] };
  return { valueCount: min === max ? { min, max } : { min: 1 } };
}

interface InferredDomain {
  readonly domain: Domain;
  readonly minDomainMass?: number;
}

function inferDomain({ numeric, text, type }: FeatureStatistics, most: number): InferredDomain | null {
  if (type === 'INT' && numeric !== null) return isBool(numeric) ? { domain: { kind: 'bool' } } : null;
  if (type !== 'STRING' || text === null || text.invalidUtf8Count > 0 || text.values.length === 0)
    return null;
  const values = text.values.map(({ value }) => String(value));
  const isWhole = text.otherRows === 0 && text.withheldValues === 0;
  if (isWhole) {
    const bool = boolOf(values);
    if (bool !== null) return { domain: bool };
    if (values.every((value) => WHOLE_NUMBER.test(value))) return { domain: { kind: 'int' } };
  }
  if (text.unique === null || text.unique > most) return null;
  const shown = text.values.reduce((sum, { rows }) => sum + rows, 0);
  // Values of too few clients are not named here, and may come again as often as they do now.
  return {
    domain: { kind: 'string', values: [...values].sort() },
    minDomainMass: shown / (shown + text.otherRows),
  };
}

/** Whole numbers from 0 to 1, of which 1 is there: known only if the extremes were asked for. */
function isBool({ min, max }: NonNullable<FeatureStatistics['numeric']>): boolean {
  return min !== null && min >= 0 && max === 1;
}

function boolOf(values: readonly string[]): Domain | null {
  if (values.length > 2) return null;
  const truths = values.filter((value) => TRUE_TOKENS.includes(value));
  const falsehoods = values.filter((value) => FALSE_TOKENS.includes(value));
  if (truths.length > 1 || falsehoods.length > 1 || truths.length + falsehoods.length < values.length)
    return null;
  return {
    kind: 'bool',
    ...(truths[0] !== undefined && { trueValue: truths[0] }),
    ...(falsehoods[0] !== undefined && { falseValue: falsehoods[0] }),
  };
}
