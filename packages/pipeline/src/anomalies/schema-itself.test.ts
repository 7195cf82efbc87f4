import { describe, expect, test } from 'vitest';
import type { Schema, SchemaFeature } from '../schema/schema.js';
import type { DatasetStatistics } from '../statistics/dataset-statistics.js';
import { datasetOf, textFeature } from '../testing/statistics-of.js';
import { type AnomalyOptions, findAnomalies, updateSchema } from './find-anomalies.js';

const types = (statistics: DatasetStatistics, schema: Schema, options?: AnomalyOptions): readonly string[] =>
  findAnomalies(statistics, schema, options).map(({ type }) => type);

describe('schemaAnomalies', () => {
  test('finds what is wrong with the schema itself, and does not go by it', () => {
    const schema = (feature: SchemaFeature): Schema => ({ features: [feature] });
    const x = { name: 'x', type: 'BYTES' } as const;
    const of = (feature: SchemaFeature) => types(datasetOf(4, textFeature('x', { a: 4 })), schema(feature));
    expect(of({ ...x, presence: { minFraction: 1.5 } })).toEqual(['INVALID_SCHEMA_SPECIFICATION']);
    expect(of({ ...x, valueCount: { min: -1 } })).toEqual(['INVALID_SCHEMA_SPECIFICATION']);
    expect(of({ ...x, valueCount: { min: 2, max: 1 } })).toEqual(['INVALID_SCHEMA_SPECIFICATION']);
    expect(of({ ...x, minDomainMass: 0.5 })).toEqual(['INVALID_SCHEMA_SPECIFICATION']);
    expect(of({ ...x, domain: { kind: 'string', values: [] } })).toEqual(['INVALID_DOMAIN_SPECIFICATION']);
    expect(of({ ...x, domain: { kind: 'string', values: ['a', 'a'] } })).toEqual([
      'INVALID_DOMAIN_SPECIFICATION',
    ]);
    expect(of({ ...x, domain: { kind: 'bool', trueValue: 'a', falseValue: 'a' } })).toEqual([
      'INVALID_DOMAIN_SPECIFICATION',
    ]);
    // A mass above 1 would refuse all data, and one below 0 let any pass.
    const domain = { kind: 'string', values: ['b'] } as const;
    for (const minDomainMass of [-0.5, 1.5]) {
      expect(of({ ...x, domain, minDomainMass })).toEqual(['INVALID_SCHEMA_SPECIFICATION']);
    }
    expect(types(datasetOf(4, textFeature('x', { a: 4 })), { features: [x, x] })).toEqual([
      'INVALID_SCHEMA_SPECIFICATION',
    ]);
    expect(of({ name: 'x' })).toEqual(['FEATURE_MISSING_TYPE']);
    expect(types(datasetOf(4), schema({ type: 'INT' }))).toEqual(['FEATURE_MISSING_NAME']);
  });

  test('refuses an environment that the schema does not name, where nothing would be expected', () => {
    const feature: SchemaFeature = { name: 'x', type: 'BYTES', domain: { kind: 'string', values: ['a'] } };
    const schema: Schema = { features: [feature], defaultEnvironments: ['TRANING', 'SERVING'] };
    const found = datasetOf(4, textFeature('x', { a: 3, b: 1 }));
    const [anomaly] = findAnomalies(found, schema, { environment: 'TRAINING' });
    expect(anomaly).toMatchObject({
      type: 'INVALID_SCHEMA_SPECIFICATION',
      feature: null,
      description: "the schema must name the environment 'TRAINING', got TRANING, SERVING",
    });
    // With it among the defaults, b is outside of the domain; of features alone, a name is one, too.
    expect(
      types(found, updateSchema(schema, found, { environment: 'TRAINING' }), { environment: 'TRAINING' }),
    ).toEqual(['ENUM_TYPE_UNEXPECTED_STRING_VALUES']);
    const kept: Schema = { ...schema, features: [{ ...feature, notInEnvironment: ['TRAINING'] }] };
    expect(types(found, kept, { environment: 'TRAINING' })).toEqual([]);
  });
});
