// The faults of a simulation as a user writes them, in a YAML file or in TypeScript. One schema for both, which
// docs/faults.md shows; this file alone of the room's faults loads zod.
import * as z from 'zod';

const ms = z.number().nonnegative();
const probability = z
  .number()
  .min(0)
  .max(1)
  .default(1)
  .describe('how likely, for each client by itself, from 0 to 1');
const clients = z
  .array(z.union([z.int().nonnegative(), z.string()]))
  .min(1)
  .readonly()
  .exactOptional()
  .describe(
    'whom it can befall, as a list: numbers in the population, from 0, or names; without it, everybody',
  );
const rounds = z
  .strictObject({
    from: z.int().positive().default(1).describe('the first round, from 1'),
    to: z.int().positive().exactOptional().describe('the last round'),
  })
  .refine(({ from, to = from }) => from <= to, { error: 'must not be before from', path: ['to'] })
  .readonly()
  .exactOptional()
  .describe(
    'when: `from` and `to`, both included; without `from`, from round 1; without `to`, until the end',
  );
const aggregations = z
  .array(z.int().nonnegative())
  .min(1)
  .readonly()
  .exactOptional()
  .describe('which aggregations of a phase it alters, as a list of numbers from 0; without it, all');

/** Whom and when: what every rule begins with. */
const scope = { probability, clients, rounds };

const constant = z.strictObject({
  distribution: z.literal('constant').describe('always `ms`'),
  ms: ms.describe('milliseconds, from 0'),
});
const uniform = z
  .strictObject({
    distribution: z.literal('uniform').describe('between `lowMs` and `highMs`, all equally likely'),
    lowMs: ms.describe('milliseconds, from 0'),
    highMs: ms.describe('milliseconds, not below `lowMs`'),
  })
  .refine(({ lowMs, highMs }) => lowMs <= highMs, { error: 'must not be below lowMs', path: ['highMs'] });
const exponential = z.strictObject({
  distribution: z.literal('exponential').describe('of the mean `meanMs`'),
  meanMs: z.number().positive().describe('milliseconds, above 0'),
});
const logNormal = z.strictObject({
  distribution: z
    .literal('log-normal')
    .describe('its logarithm is normal, of mean `mu` and deviation `sigma`'),
  mu: z.number().max(100).describe('of the logarithm of milliseconds, at most 100: the median is e^`mu` ms'),
  sigma: z.number().nonnegative().max(10).describe('of the logarithm, from 0 to 10'),
});
const trace = z.strictObject({
  distribution: z
    .literal('trace')
    .describe('one of the latencies `ms`, as they were measured, all equally likely'),
  ms: z.array(ms).min(1).readonly().describe('a list of milliseconds, at least one'),
});
const speed = z.discriminatedUnion('distribution', [constant, uniform, exponential, logNormal, trace]);
const classes = z.strictObject({
  distribution: z.literal('classes').describe('of the class that a client belongs to, for good'),
  classes: z
    .array(
      z
        .strictObject({
          share: z
            .number()
            .positive()
            .max(1)
            .describe('of all clients, above 0; those of all classes add up to 1'),
          latency: speed.describe('one of the distributions above'),
        })
        .readonly(),
    )
    .min(1)
    .refine((all) => Math.abs(all.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9, {
      error: 'must have shares that add up to 1',
    })
    .readonly()
    .describe('the classes, at least one'),
});
export const latencySchemas = [constant, uniform, exponential, logNormal, trace, classes] as const;
const latency = z
  .discriminatedUnion('distribution', [constant, uniform, exponential, logNormal, trace, classes])
  .readonly()
  .describe('how long its answer takes, drawn for each phase');

const dropout = z
  .strictObject({
    ...scope,
    for: z
      .enum(['round', 'good'])
      .default('round')
      .describe('`round`: for the round; `good`: from then on, for all rounds to come'),
  })
  .readonly();
const crash = z.strictObject(scope).readonly();
const straggler = z.strictObject({ ...scope, latency }).readonly();
const duplicate = z.strictObject(scope).readonly();

const altering = { ...scope, aggregations };

const corruptBits = z.strictObject({
  ...altering,
  how: z.literal('bits').describe('bits are turned over'),
  bits: z.int().positive().max(4096).default(1).describe('how many, from 1 to 4096'),
});
const corruptNan = z.strictObject({ ...altering, how: z.literal('nan').describe('an element is NaN') });
const corruptInfinity = z.strictObject({
  ...altering,
  how: z.literal('infinity').describe('an element is +∞'),
});
const corruptShape = z.strictObject({
  ...altering,
  how: z.literal('shape').describe('a leaf has one more dimension, of size 1'),
});
const corruptWeight = z.strictObject({
  ...altering,
  how: z.literal('weight').describe('the weight of a mean is `value`'),
  value: z.number().default(1e308).describe('any finite number'),
});
export const corruptSchemas = [
  corruptBits,
  corruptNan,
  corruptInfinity,
  corruptShape,
  corruptWeight,
] as const;

const signFlip = z.strictObject({
  ...altering,
  how: z.literal('sign-flip').describe('the update times −`scale`'),
  scale: z.number().positive().default(1).describe('above 0'),
});
const noise = z.strictObject({
  ...altering,
  how: z.literal('noise').describe('normal numbers are added'),
  stddev: z.number().nonnegative().describe('their standard deviation, from 0'),
});
const same = z.strictObject({
  ...altering,
  how: z.literal('constant').describe('every element is `value`'),
  value: z.number().describe('any finite number'),
});
const zero = z.strictObject({ ...altering, how: z.literal('zero').describe('every element is 0') });
export const byzantineSchemas = [signFlip, noise, same, zero] as const;

const rules = <S extends z.ZodType>(rule: S) => z.array(rule).readonly().default([]);

/** For the tables of docs/faults.md: what all rules have, and the fields that two kinds have besides. */
export const ruleSchemas = { every: crash, dropout, straggler } as const;

export const faultsSchema = z
  .strictObject({
    deadlineMs: z
      .number()
      .positive()
      .exactOptional()
      .describe('milliseconds of virtual time until a phase ends without those that are missing, above 0'),
    overSelection: z
      .number()
      .min(1)
      .default(1)
      .describe(
        'clients that are asked for each report that is waited for, from 1: with 1.3, a phase ends with the reports of 100 clients of 130',
      ),
    dropouts: rules(dropout).describe('clients do not answer'),
    crashes: rules(crash).describe('clients die in the middle of their work, drawn for each phase'),
    stragglers: rules(straggler).describe('clients take their time'),
    corrupt: rules(
      z
        .discriminatedUnion('how', [corruptBits, corruptNan, corruptInfinity, corruptShape, corruptWeight])
        .readonly(),
    ).describe('updates are damaged on their way, drawn for each phase'),
    byzantine: rules(z.discriminatedUnion('how', [signFlip, noise, same, zero]).readonly()).describe(
      'clients send another update than they computed',
    ),
    duplicates: rules(duplicate).describe('a report comes twice, drawn for each phase'),
    serverCrashes: z
      .array(z.int().positive())
      .readonly()
      .default([])
      .describe('rounds in the middle of which the server dies; the run is then resumed from its store'),
  })
  .readonly();

/** As a user writes them: what has a default may be left out. */
export type FaultsInput = z.input<typeof faultsSchema>;
/** With all defaults. */
export type Faults = z.output<typeof faultsSchema>;
export type Latency = z.output<typeof latency>;
export type ClassLatency = z.output<typeof speed>;
export type Scope = z.output<typeof crash>;
export type CorruptRule = Faults['corrupt'][number];
export type ByzantineRule = Faults['byzantine'][number];
