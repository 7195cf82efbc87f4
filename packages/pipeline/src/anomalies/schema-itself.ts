// Whether a schema means something by itself, whatever the data.
import type { Domain, Schema, SchemaFeature } from '../schema/schema.js';
import { type Anomaly, type AnomalyType, featureAnomaly } from './anomaly.js';

export function schemaAnomalies(schema: Schema, environment: string | null = null): readonly Anomaly[] {
  return [...environmentAnomalies(schema, environment), ...featureAnomalies(schema)];
}

/** In an environment of another name nothing would be expected of any column: a slip would pass all data. */
function environmentAnomalies(
  { features, defaultEnvironments }: Schema,
  environment: string | null,
): readonly Anomaly[] {
  if (environment === null || defaultEnvironments === undefined) return [];
  const ofFeatures = features.flatMap((one) => [
    ...(one.inEnvironment ?? []),
    ...(one.notInEnvironment ?? []),
  ]);
  const named = [...new Set([...defaultEnvironments, ...ofFeatures])];
  if (named.includes(environment)) return [];
  return [
    {
      type: 'INVALID_SCHEMA_SPECIFICATION',
      feature: null,
      description: `the schema must name the environment '${environment}', got ${named.length === 0 ? 'none' : named.join(', ')}`,
      proposed: (one) => ({ ...one, defaultEnvironments: [...(one.defaultEnvironments ?? []), environment] }),
    },
  ];
}

function featureAnomalies({ features }: Schema): readonly Anomaly[] {
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
    if (features.findIndex(({ name }) => name === expected.name) < at)
      all.push(add('INVALID_SCHEMA_SPECIFICATION', 'a column must be in the schema once, got it twice'));
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
    const { minDomainMass = 1 } = expected;
    if (!(minDomainMass >= 0 && minDomainMass <= 1)) {
      all.push(
        add('INVALID_SCHEMA_SPECIFICATION', `minDomainMass must be from 0 to 1, got ${minDomainMass}`, {
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
