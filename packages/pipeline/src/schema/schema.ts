// A schema: what is expected of the data, as `schema.json` has it, to be reviewed and kept under version control. It is
// TensorFlow Metadata's (`schema.proto`), as far as columns of numbers and text need it, and what a federation adds:
// the share of clients that must have a column.
import { z } from 'zod';

const fraction = z.number();
const whole = z.int().min(0);
const names = z.array(z.string()).readonly();

/** Limits above which two distributions count as apart; a distance at its limit passes. */
const comparator = z.strictObject({
  lInfinity: fraction.min(0).optional(),
  jensenShannon: fraction.min(0).optional(),
  normalizedDifference: fraction.min(0).optional(),
});

const domain = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('string'), values: names }),
  z.strictObject({ kind: z.literal('int'), min: z.number().optional(), max: z.number().optional() }),
  z.strictObject({
    kind: z.literal('float'),
    min: z.number().optional(),
    max: z.number().optional(),
    disallowNan: z.boolean().optional(),
    disallowInf: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal('bool'),
    trueValue: z.string().optional(),
    falseValue: z.string().optional(),
  }),
]);

const feature = z.strictObject({
  name: z.string().optional(),
  type: z.enum(['INT', 'FLOAT', 'BYTES']).optional(),
  presence: z.strictObject({ minFraction: fraction.optional(), minCount: whole.optional() }).optional(),
  /** The share of the clients with rows that must have a value. */
  clients: z.strictObject({ minFraction: fraction.min(0).max(1) }).optional(),
  shape: z.array(whole).readonly().optional(),
  valueCount: z.strictObject({ min: z.int().optional(), max: z.int().optional() }).optional(),
  domain: domain.optional(),
  /** The share of the values that must be in the domain; 1 by default. */
  minDomainMass: fraction.optional(),
  unique: z.strictObject({ min: whole.optional(), max: whole.optional() }).optional(),
  lifecycle: z.enum(['PLANNED', 'ALPHA', 'BETA', 'PRODUCTION', 'DEPRECATED', 'DEBUG_ONLY']).optional(),
  inEnvironment: names.optional(),
  notInEnvironment: names.optional(),
  /** Against the span before. */
  drift: comparator.optional(),
  /** Against the data that the model is asked about. */
  skew: comparator.optional(),
});

const examples = z.strictObject({
  min: whole.optional(),
  max: whole.optional(),
  /** Against the span before: this many times as many. */
  drift: z.strictObject({ minFraction: fraction.optional(), maxFraction: fraction.optional() }).optional(),
});

export const schemaFormat = z.strictObject({
  features: z.array(feature).readonly(),
  defaultEnvironments: names.optional(),
  examples: examples.optional(),
});

export type Schema = z.infer<typeof schemaFormat>;
export type SchemaFeature = z.infer<typeof feature>;
export type Domain = z.infer<typeof domain>;
export type Comparator = z.infer<typeof comparator>;
export type StringDomain = Extract<Domain, { readonly kind: 'string' }>;

/** The feature of that name. */
export function featureOf(schema: Schema, name: string): SchemaFeature | undefined {
  return schema.features.find((one) => one.name === name);
}
