// Whether values lie in the domain of their feature: texts among those that are known, numbers within bounds.
import type { Domain, StringDomain } from '../schema/schema.js';
import type { NumericStatistics, TextStatistics } from '../statistics/dataset-statistics.js';
import { type Anomaly, type AnomalyType, type FeatureCheck, featureAnomaly } from './anomaly.js';

export function domainAnomalies(check: FeatureCheck): readonly Anomaly[] {
  const { domain } = check.expected;
  const { type, numNonMissing } = check.found;
  if (domain === undefined || numNonMissing === 0) return [];
  if (!fits(domain, type)) {
    return [
      featureAnomaly(
        check,
        'DOMAIN_INVALID_FOR_TYPE',
        `a domain of kind '${domain.kind}' has no meaning for ${type}`,
        { domain: undefined },
      ),
    ];
  }
  const { numeric, text } = check.found;
  if (text !== null) return textAnomalies(check, domain, text);
  return numeric === null ? [] : numberAnomalies(check, domain, numeric);
}

function fits({ kind }: Domain, type: FeatureCheck['found']['type']): boolean {
  if (type === 'STRING') return true;
  if (type === 'BYTES') return false;
  return kind === 'bool' || kind === (type === 'INT' ? 'int' : 'float');
}

function textAnomalies(check: FeatureCheck, domain: Domain, text: TextStatistics): readonly Anomaly[] {
  switch (domain.kind) {
    case 'string':
      return stringAnomalies(check, domain, text);
    case 'int':
      return parsedAnomalies(check, text, 'INT_TYPE_NOT_INT_STRING', 'a whole number', (value) =>
        /^[+-]?\d+$/.test(value),
      );
    case 'float':
      return parsedAnomalies(
        check,
        text,
        'FLOAT_TYPE_STRING_NOT_FLOAT',
        'a number',
        (value) => value.trim() !== '' && !Number.isNaN(Number(value)),
      );
    case 'bool': {
      const { trueValue, falseValue } = domain;
      return parsedAnomalies(
        check,
        text,
        'BOOL_TYPE_UNEXPECTED_STRING',
        `'${trueValue ?? ''}' or '${falseValue ?? ''}'`,
        (value) => value === trueValue || value === falseValue,
      );
    }
    default:
      return domain satisfies never;
  }
}

function stringAnomalies(
  check: FeatureCheck,
  { values }: StringDomain,
  text: TextStatistics,
): readonly Anomaly[] {
  if (text.invalidUtf8Count > 0) {
    return [
      featureAnomaly(check, 'ENUM_TYPE_INVALID_UTF8', `${text.invalidUtf8Count} values are not UTF-8`, {
        domain: undefined,
        minDomainMass: undefined,
      }),
    ];
  }
  const { minDomainMass = 1 } = check.expected;
  const strange = text.values.filter(({ value }) => !values.includes(String(value)));
  const counted = text.domain !== null && sameValues(text.domain.values, values);
  const shownRows = text.values.reduce((sum, { rows }) => sum + rows, 0);
  const total = counted ? text.domain.insideRows + text.domain.outsideRows : shownRows + text.otherRows;
  const outside = counted ? text.domain.outsideRows : strange.reduce((sum, { rows }) => sum + rows, 0);
  const isBelow = (inside: number): boolean => total > 0 && inside / total < minDomainMass;
  if (isBelow(total - outside)) {
    const named = strange.slice(0, 5).map(({ value, rows }) => `'${value}' (${rows} rows)`);
    const unnamed = outside - strange.slice(0, 5).reduce((sum, { rows }) => sum + rows, 0);
    const found = [
      ...named,
      ...(unnamed > 0 ? [`${unnamed} rows of values that too few clients have, or that are rarer`] : []),
    ];
    const allowed = minDomainMass === 1 ? 'none may be' : `at most ${1 - minDomainMass} of them may be`;
    return [
      featureAnomaly(
        check,
        'ENUM_TYPE_UNEXPECTED_STRING_VALUES',
        `${outside} of ${total} rows are outside of the domain, ${allowed}: ${found.join(', ')}`,
        {
          domain: {
            kind: 'string',
            values: [...values, ...strange.map(({ value }) => String(value))].sort(),
          },
          minDomainMass: unnamed > 0 ? (total - unnamed) / total : check.expected.minDomainMass,
        },
      ),
    ];
  }
  // What is not shown may be in the domain or not: only clients that were given the domain can tell.
  if (!counted && isBelow(total - outside - text.otherRows))
    return [unknown(check, `${text.otherRows} rows have values that are not shown`)];
  return [];
}

function parsedAnomalies(
  check: FeatureCheck,
  text: TextStatistics,
  type: AnomalyType,
  need: string,
  isOne: (value: string) => boolean,
): readonly Anomaly[] {
  const strange = text.values.find(({ value }) => !isOne(String(value)));
  if (strange !== undefined) {
    return [featureAnomaly(check, type, `'${strange.value}' is not ${need}`, { domain: undefined })];
  }
  return text.otherRows > 0 ? [unknown(check, `${text.otherRows} rows have values that are not shown`)] : [];
}

function numberAnomalies(
  check: FeatureCheck,
  domain: Domain,
  numeric: NumericStatistics,
): readonly Anomaly[] {
  switch (domain.kind) {
    case 'int':
      return boundAnomalies(check, numeric, domain, ['INT_TYPE_SMALL_INT', 'INT_TYPE_BIG_INT']);
    case 'float': {
      const all = [
        ...boundAnomalies(check, numeric, domain, ['FLOAT_TYPE_SMALL_FLOAT', 'FLOAT_TYPE_BIG_FLOAT']),
      ];
      if (domain.disallowNan && numeric.numNan > 0) {
        all.push(
          featureAnomaly(check, 'FLOAT_TYPE_HAS_NAN', `${numeric.numNan} values are NaN, none may be`, {
            domain: { ...domain, disallowNan: false },
          }),
        );
      }
      if (domain.disallowInf && numeric.numInfinite > 0) {
        all.push(
          featureAnomaly(
            check,
            'FLOAT_TYPE_HAS_INF',
            `${numeric.numInfinite} values are infinite, none may be`,
            { domain: { ...domain, disallowInf: false } },
          ),
        );
      }
      return all;
    }
    case 'bool':
      return boolAnomalies(check, domain, numeric);
    case 'string':
      return [];
    default:
      return domain satisfies never;
  }
}

function boolAnomalies(
  check: FeatureCheck,
  domain: Extract<Domain, { kind: 'bool' }>,
  numeric: NumericStatistics,
): readonly Anomaly[] {
  if (domain.trueValue !== undefined || domain.falseValue !== undefined) {
    return [
      featureAnomaly(
        check,
        'BOOL_TYPE_INVALID_CONFIG',
        'trueValue and falseValue are of texts, and values are numbers',
        { domain: { kind: 'bool' } },
      ),
    ];
  }
  if (check.found.type === 'INT')
    return boundAnomalies(check, numeric, { min: 0, max: 1 }, ['BOOL_TYPE_SMALL_INT', 'BOOL_TYPE_BIG_INT']);
  const strange = [numeric.min, numeric.max, ...numeric.quantiles.map(({ value }) => value)].find(
    (value) => value !== null && value !== 0 && value !== 1,
  );
  const outside = numeric.outside === null ? 0 : numeric.outside.below + numeric.outside.above;
  if (strange === undefined && outside === 0) return [];
  return [
    featureAnomaly(check, 'BOOL_TYPE_UNEXPECTED_FLOAT', `${strange ?? `${outside} values`} must be 0 or 1`, {
      domain: undefined,
    }),
  ];
}

/** Below `min`, above `max`: by the extremes, if they were asked for, else by what clients counted. */
function boundAnomalies(
  check: FeatureCheck,
  { min, max, outside }: NumericStatistics,
  bounds: { readonly min?: number | undefined; readonly max?: number | undefined },
  [small, big]: readonly [AnomalyType, AnomalyType],
): readonly Anomaly[] {
  const all: Anomaly[] = [];
  const { domain } = check.expected;
  const drop = (bound: 'min' | 'max') => ({
    domain: domain?.kind === 'bool' ? undefined : ({ ...domain, [bound]: undefined } as Domain),
  });
  if (bounds.min !== undefined) {
    if (min !== null ? min < bounds.min : outside?.min === bounds.min && outside.below > 0) {
      all.push(
        featureAnomaly(
          check,
          small,
          `${min === null ? `${outside?.below} values are` : `the smallest value is ${min},`} below ${bounds.min}`,
          drop('min'),
        ),
      );
    } else if (min === null && outside?.min !== bounds.min)
      all.push(unknown(check, `values below ${bounds.min} were not counted`));
  }
  if (bounds.max !== undefined) {
    if (max !== null ? max > bounds.max : outside?.max === bounds.max && outside.above > 0) {
      all.push(
        featureAnomaly(
          check,
          big,
          `${max === null ? `${outside?.above} values are` : `the largest value is ${max},`} above ${bounds.max}`,
          drop('max'),
        ),
      );
    } else if (max === null && outside?.max !== bounds.max)
      all.push(unknown(check, `values above ${bounds.max} were not counted`));
  }
  return all;
}

const unknown = (check: FeatureCheck, what: string): Anomaly =>
  featureAnomaly(
    check,
    'STATS_NOT_AVAILABLE',
    `${what}; give statisticsGen the schema, so that clients count by it`,
  );

const sameValues = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((value, at) => value === right[at]);
