// Whether a schema means something by itself, whatever the data.
import type { Domain, Schema, SchemaFeature } from '../schema/schema.js';
import { type Anomaly, type AnomalyType, featureAnomaly } from './anomaly.js';

export function schemaAnomalies({ features }: Schema): readonly Anomaly[] {
  return features.flatMap((expected, at): readonly Anomaly[] => {
    const add = (
      type: AnomalyType,
      description: string,
      change: Partial<SchemaFeature> | null = null,
    ): Anomaly => featureAnomaly({ expected }, type, description, change);
    if (expected.name === undefined || expected.name === '') {
      return [add('FEATURE_MISSING_NAME', `the feature at position ${at} needs a name`)];
    }
    const all: Anomaly[] = [];
    if (expected.type === undefined)
      all.push(add('FEATURE_MISSING_TYPE', 'a feature needs a type: INT, FLOAT or BYTES'));
    const { minFraction = 0 } = expected.presence ?? {};
    if (!(minFraction >= 0 && minFraction <= 1)) {
      all.push(
        add('INVALID_SCHEMA_SPECIFICATION', `presence.minFraction must be from 0 to 1, got ${minFraction}`, {
          presence: { ...expected.presence, minFraction: Math.min(1, Math.max(0, minFraction)) },
        }),
      );
    }
    const { min, max } = expected.valueCount ?? {};
    if ((min !== undefined && min < 0) || (min !== undefined && max !== undefined && min > max)) {
      all.push(
        add(
          'INVALID_SCHEMA_SPECIFICATION',
          `valueCount must go from at least 0 to at least as many, got ${min} to ${max}`,
          { valueCount: undefined },
        ),
      );
    }
    if (expected.minDomainMass !== undefined && expected.domain?.kind !== 'string') {
      all.push(
        add('INVALID_SCHEMA_SPECIFICATION', 'minDomainMass has no meaning without a domain of texts', {
          minDomainMass: undefined,
        }),
      );
    }
    const fault = expected.domain === undefined ? null : domainFault(expected.domain);
    if (fault !== null)
      all.push(add('INVALID_DOMAIN_SPECIFICATION', fault, { domain: undefined, minDomainMass: undefined }));
    return all;
  });
}

function domainFault(domain: Domain): string | null {
  if (domain.kind === 'string') {
    if (domain.values.length === 0) return 'a domain of texts needs values, got none';
    const repeated = domain.values.find((value, at) => domain.values.indexOf(value) !== at);
    return repeated === undefined ? null : `the values of a domain must differ, got '${repeated}' twice`;
  }
  if (domain.kind === 'bool') {
    const { trueValue, falseValue } = domain;
    return trueValue !== undefined && trueValue === falseValue
      ? `trueValue and falseValue must differ, got '${trueValue}' for both`
      : null;
  }
  const { min, max } = domain;
  return min !== undefined && max !== undefined && min > max
    ? `min must be at most max, got ${min} and ${max}`
    : null;
}
