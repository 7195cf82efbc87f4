import { describe, expect, test } from 'vitest';
import { inferSchema } from '../schema/infer-schema.js';
import type { Schema, SchemaFeature } from '../schema/schema.js';
import type {
  DatasetStatistics,
  FeatureStatistics,
  NumericStatistics,
} from '../statistics/dataset-statistics.js';
import { datasetOf, numberFeature, textFeature } from '../testing/statistics-of.js';
import { type AnomalyOptions, findAnomalies, updateSchema } from './find-anomalies.js';

const types = (statistics: DatasetStatistics, schema: Schema, options?: AnomalyOptions): readonly string[] =>
  findAnomalies(statistics, schema, options).map(({ type }) => type);
/** The anomalies of one feature x of four examples, with nothing expected but this. */
const typesOf = (
  found: FeatureStatistics,
  expected: SchemaFeature,
  options?: AnomalyOptions,
): readonly string[] =>
  types(datasetOf(4, found), { features: [{ name: 'x', type: 'BYTES', ...expected }] }, options);

describe('findAnomalies', () => {
  test('finds none between statistics and the schema inferred from them', () => {
    const statistics = datasetOf(
      4,
      textFeature('payment', { cash: 3, card: 1 }),
      textFeature('flag', { '1': 2 }, { numMissing: 2 }),
      numberFeature('fare', 'FLOAT', { numNan: 1 }),
    );
    expect(findAnomalies(statistics, inferSchema(statistics))).toEqual([]);
  });

  describe('of presence', () => {
    const present = (numNonMissing: number, numMissing = 4 - numNonMissing) =>
      textFeature('x', {}, { numNonMissing, numMissing });

    test('tells no values from few rows and from a small share', () => {
      const expected = { presence: { minCount: 3, minFraction: 0.75 } };
      expect(typesOf(present(0), expected)).toEqual(['FEATURE_TYPE_NOT_PRESENT']);
      // 2 < 3 rows, and 2 / 4 < 0.75.
      expect(typesOf(present(2), expected)).toEqual([
        'FEATURE_TYPE_LOW_NUMBER_PRESENT',
        'FEATURE_TYPE_LOW_FRACTION_PRESENT',
      ]);
      expect(typesOf(present(3), expected)).toEqual([]);
    });

    test('proposes 0.9999 if a column must be in all rows, and misses so few that the share rounds to 1', () => {
      const found = textFeature('x', {}, { numNonMissing: 2 ** 53, numMissing: 1 });
      const schema: Schema = { features: [{ name: 'x', type: 'BYTES', presence: { minFraction: 1 } }] };
      const statistics = { ...datasetOf(2 ** 53, found) };
      expect(types(statistics, schema)).toEqual(['FEATURE_TYPE_LOW_FRACTION_PRESENT']);
      expect(updateSchema(schema, statistics).features[0]?.presence).toEqual({ minFraction: 0.9999 });
    });

    test('finds a column that misses at a third of the clients, though it is in most rows', () => {
      const clients = { clients: 10, withRows: 9, withValues: 6, missingMost: 3, clientsBySize: [] };
      const found = textFeature('x', {}, { numNonMissing: 96, numMissing: 4, clients });
      const schema: Schema = {
        features: [
          { name: 'x', type: 'BYTES', presence: { minFraction: 0.9 }, clients: { minFraction: 0.9 } },
        ],
      };
      expect(types(datasetOf(100, found), schema)).toEqual(['CLIENT_FRACTION_LOW']);
      // 6 of the 9 clients with rows.
      expect(updateSchema(schema, datasetOf(100, found)).features[0]?.clients).toEqual({
        minFraction: 6 / 9,
      });
    });

    test('finds columns that are missing and new', () => {
      const schema: Schema = { features: [{ name: 'x', type: 'BYTES', presence: { minCount: 1 } }] };
      const statistics = datasetOf(4, textFeature('y', { a: 4 }));
      expect(findAnomalies(statistics, schema).map(({ type, feature }) => [type, feature])).toEqual([
        ['SCHEMA_MISSING_COLUMN', 'x'],
        ['SCHEMA_NEW_COLUMN', 'y'],
      ]);
      expect(types(statistics, updateSchema(schema, statistics))).toEqual([]);
    });

    test('expects nothing of a column that is planned, or of another environment', () => {
      const label: SchemaFeature = { name: 'label', type: 'INT', presence: { minCount: 1 } };
      const schema = (feature: SchemaFeature): Schema => ({
        features: [feature],
        defaultEnvironments: ['TRAINING', 'SERVING'],
      });
      const nothing = datasetOf(4);
      expect(types(nothing, schema(label))).toEqual(['SCHEMA_MISSING_COLUMN']);
      for (const lifecycle of ['PLANNED', 'ALPHA', 'DEPRECATED', 'DEBUG_ONLY'] as const) {
        expect(types(nothing, schema({ ...label, lifecycle }))).toEqual([]);
      }
      const training = schema({ ...label, notInEnvironment: ['SERVING'] });
      expect(types(nothing, training, { environment: 'SERVING' })).toEqual([]);
      expect(types(nothing, training, { environment: 'TRAINING' })).toEqual(['SCHEMA_MISSING_COLUMN']);
      // Without default environments, a feature is in those alone that it names.
      const only: Schema = { features: [{ ...label, inEnvironment: ['TRAINING'] }] };
      expect(types(nothing, only, { environment: 'SERVING' })).toEqual([]);
      expect(types(nothing, only, { environment: 'TRAINING' })).toEqual(['SCHEMA_MISSING_COLUMN']);
    });
  });

  test('finds another type, shape, number of values and number of different values', () => {
    expect(typesOf(numberFeature('x', 'FLOAT', {}), { type: 'INT' })).toEqual(['UNEXPECTED_DATA_TYPE']);
    const several = textFeature('x', { a: 4 }, { numValues: { min: 1, max: 3, total: 8 } });
    expect(typesOf(several, { shape: [1] })).toEqual(['INVALID_FEATURE_SHAPE']);
    expect(typesOf(textFeature('x', { a: 3 }, { numMissing: 1 }), { shape: [1] })).toEqual([
      'INVALID_FEATURE_SHAPE',
    ]);
    expect(typesOf(several, { valueCount: { min: 2, max: 2 } })).toEqual([
      'FEATURE_TYPE_LOW_NUMBER_VALUES',
      'FEATURE_TYPE_HIGH_NUMBER_VALUES',
    ]);
    expect(typesOf(several, { valueCount: { min: 1, max: 3 } })).toEqual([]);
    const two = textFeature('x', { a: 3, b: 1 });
    expect(typesOf(two, { unique: { min: 3 } })).toEqual(['FEATURE_TYPE_LOW_UNIQUE']);
    expect(typesOf(two, { unique: { max: 1 } })).toEqual(['FEATURE_TYPE_HIGH_UNIQUE']);
    expect(typesOf(two, { unique: { min: 2, max: 2 } })).toEqual([]);
    expect(typesOf(numberFeature('x', 'INT', {}), { type: 'INT', unique: { min: 1 } })).toEqual([
      'FEATURE_TYPE_NO_UNIQUE',
    ]);
  });

  describe('of a closed vocabulary', () => {
    const domain = { kind: 'string', values: ['card', 'cash'] } as const;

    test('finds a new value, and proposes it', () => {
      const found = textFeature('x', { cash: 2, card: 1, voucher: 1 });
      const schema: Schema = { features: [{ name: 'x', type: 'BYTES', domain }] };
      const [anomaly] = findAnomalies(datasetOf(4, found), schema);
      expect(anomaly).toMatchObject({ type: 'ENUM_TYPE_UNEXPECTED_STRING_VALUES', feature: 'x' });
      expect(anomaly?.description).toBe(
        "1 of 4 rows are outside of the domain, none may be: 'voucher' (1 rows)",
      );
      expect(updateSchema(schema, datasetOf(4, found)).features[0]?.domain).toEqual({
        kind: 'string',
        values: ['card', 'cash', 'voucher'],
      });
    });

    test('lets as much mass be outside as `minDomainMass` leaves, and no more', () => {
      const found = textFeature('x', { cash: 3, voucher: 1 });
      expect(typesOf(found, { domain, minDomainMass: 0.75 })).toEqual([]);
      expect(typesOf(found, { domain, minDomainMass: 0.76 })).toEqual(['ENUM_TYPE_UNEXPECTED_STRING_VALUES']);
    });

    test('counts what is not shown if clients were given the domain, and says if they were not', () => {
      const found = textFeature('x', { cash: 3 });
      const withheld = { ...found.text!, otherRows: 1, withheldValues: 1 };
      expect(typesOf({ ...found, text: withheld }, { domain })).toEqual(['STATS_NOT_AVAILABLE']);
      const values = [...domain.values];
      const counted = (insideRows: number) => ({
        ...withheld,
        domain: { values, insideRows, outsideRows: 4 - insideRows },
      });
      expect(typesOf({ ...found, text: counted(4) }, { domain })).toEqual([]);
      expect(typesOf({ ...found, text: counted(3) }, { domain })).toEqual([
        'ENUM_TYPE_UNEXPECTED_STRING_VALUES',
      ]);
    });

    test('finds bytes that are not text, and texts that are no numbers or truths', () => {
      const broken = textFeature('x', { cash: 3 });
      expect(typesOf({ ...broken, text: { ...broken.text!, invalidUtf8Count: 1 } }, { domain })).toEqual([
        'ENUM_TYPE_INVALID_UTF8',
      ]);
      expect(typesOf(textFeature('x', { '1': 1, one: 1 }), { domain: { kind: 'int' } })).toEqual([
        'INT_TYPE_NOT_INT_STRING',
      ]);
      expect(typesOf(textFeature('x', { '1.5': 1, one: 1 }), { domain: { kind: 'float' } })).toEqual([
        'FLOAT_TYPE_STRING_NOT_FLOAT',
      ]);
      const bool = { kind: 'bool', trueValue: 'yes', falseValue: 'no' } as const;
      expect(typesOf(textFeature('x', { yes: 1, maybe: 1 }), { domain: bool })).toEqual([
        'BOOL_TYPE_UNEXPECTED_STRING',
      ]);
      expect(typesOf(textFeature('x', { yes: 1, no: 1 }), { domain: bool })).toEqual([]);
    });
  });

  describe('of bounds', () => {
    const int = (numeric: Partial<NumericStatistics>, min?: number, max?: number) =>
      typesOf(numberFeature('x', 'INT', numeric), { type: 'INT', domain: { kind: 'int', min, max } });

    test('finds smaller and larger numbers, by the extremes or by what clients counted', () => {
      expect(int({ min: 0, max: 9 }, 1, 8)).toEqual(['INT_TYPE_SMALL_INT', 'INT_TYPE_BIG_INT']);
      expect(int({ min: 1, max: 8 }, 1, 8)).toEqual([]);
      const outside = { min: 1, max: 8, below: 0, above: 2 };
      expect(int({ outside }, 1, 8)).toEqual(['INT_TYPE_BIG_INT']);
      expect(int({ outside: { ...outside, above: 0 } }, 1, 8)).toEqual([]);
    });

    test('says so if clients were not asked', () => {
      expect(int({}, 1, 8)).toEqual(['STATS_NOT_AVAILABLE', 'STATS_NOT_AVAILABLE']);
      expect(int({ outside: { min: 0, max: 8, below: 0, above: 0 } }, 1, 8)).toEqual(['STATS_NOT_AVAILABLE']);
    });

    test('finds NaN and infinities that are not allowed', () => {
      const found = numberFeature('x', 'FLOAT', { min: 0, max: 1, numNan: 1, numInfinite: 1 });
      const domain = { kind: 'float', min: 0.5, max: 0.5, disallowNan: true, disallowInf: true } as const;
      expect(typesOf(found, { type: 'FLOAT', domain })).toEqual([
        'FLOAT_TYPE_SMALL_FLOAT',
        'FLOAT_TYPE_BIG_FLOAT',
        'FLOAT_TYPE_HAS_NAN',
        'FLOAT_TYPE_HAS_INF',
      ]);
      expect(typesOf(found, { type: 'FLOAT', domain: { kind: 'float' } })).toEqual([]);
    });

    test('finds numbers that are no truths, and domains of another type', () => {
      const bool = { type: 'INT', domain: { kind: 'bool' } } as const;
      expect(typesOf(numberFeature('x', 'INT', { min: -1, max: 2 }), bool)).toEqual([
        'BOOL_TYPE_SMALL_INT',
        'BOOL_TYPE_BIG_INT',
      ]);
      expect(typesOf(numberFeature('x', 'FLOAT', { min: 0, max: 0.5 }), { ...bool, type: 'FLOAT' })).toEqual([
        'BOOL_TYPE_UNEXPECTED_FLOAT',
      ]);
      expect(
        typesOf(numberFeature('x', 'INT', { min: 0, max: 1 }), {
          type: 'INT',
          domain: { kind: 'bool', trueValue: '1' },
        }),
      ).toEqual(['BOOL_TYPE_INVALID_CONFIG']);
      expect(typesOf(numberFeature('x', 'INT', {}), { type: 'INT', domain: { kind: 'float' } })).toEqual([
        'DOMAIN_INVALID_FOR_TYPE',
      ]);
      expect(
        typesOf(numberFeature('x', 'FLOAT', {}), {
          type: 'FLOAT',
          domain: { kind: 'string', values: ['a'] },
        }),
      ).toEqual(['DOMAIN_INVALID_FOR_TYPE']);
    });
  });

  test('counts examples, and compares them with the span before', () => {
    const of = (numExamples: number, examples: Schema['examples'], previous?: number) => {
      const options = previous === undefined ? {} : { previous: datasetOf(previous) };
      const schema = { features: [], examples };
      return [
        types(datasetOf(numExamples), schema, options),
        updateSchema(schema, datasetOf(numExamples), options).examples,
      ];
    };
    expect(of(2, { min: 3 })).toEqual([['DATASET_LOW_NUM_EXAMPLES'], { min: 2 }]);
    expect(of(2, { min: 2, max: 2 })).toEqual([[], { min: 2, max: 2 }]);
    expect(of(2, { max: 1 })).toEqual([['DATASET_HIGH_NUM_EXAMPLES'], { max: 2 }]);
    // 2 after 4 is half as many; 2 after 1 twice as many.
    expect(of(2, { drift: { minFraction: 0.5 } }, 4)[0]).toEqual([]);
    expect(of(2, { drift: { minFraction: 1 } }, 4)).toEqual([
      ['COMPARATOR_LOW_NUM_EXAMPLES'],
      { drift: { minFraction: 0.5 } },
    ]);
    expect(of(2, { drift: { maxFraction: 1 } }, 1)).toEqual([
      ['COMPARATOR_HIGH_NUM_EXAMPLES'],
      { drift: { maxFraction: 2 } },
    ]);
    expect(of(2, { drift: { minFraction: 1 } })[0]).toEqual([]);
    expect(of(0, { drift: { minFraction: 1 } }, 4)[0]).toEqual([]);
  });
});
