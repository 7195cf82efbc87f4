import { describe, expect, test } from 'vitest';
import type { Schema } from './schema.js';
import { formatSchema, parseSchema } from './schema-file.js';

const schema: Schema = {
  features: [
    {
      name: 'payment',
      type: 'BYTES',
      presence: { minFraction: 1, minCount: 1 },
      domain: { kind: 'string', values: ['cash'] },
    },
  ],
  defaultEnvironments: ['TRAINING', 'SERVING'],
};

describe('parseSchema', () => {
  test('reads what `formatSchema` writes', () => {
    expect(parseSchema(formatSchema(schema))).toEqual(schema);
    expect(formatSchema(parseSchema(formatSchema(schema)))).toBe(formatSchema(schema));
  });

  test('names the field at fault, and the file', () => {
    const text = formatSchema(schema).replace('"minCount": 1', '"minCount": -1');
    expect(() => parseSchema(text, 'taxi/schema.json')).toThrow(
      /^Cannot read taxi\/schema\.json: features\[0\]\.presence\.minCount: /,
    );
    expect(() => parseSchema('{')).toThrow(/^Cannot read schema\.json: need JSON, got: /);
    expect(() => parseSchema('{"features": [], "more": 1}')).toThrow(/the schema: .*more/);
  });
});
