// The zod schema of a graph's feeds (compute's `Feed`), as they stand in a plan's manifest.
import type { Feed } from '@starling/compute/graph';
import * as z from 'zod';

const count = z.int().nonnegative();

/**
 * A number of a view; older readers refuse those that stand in the argument, views in steps, and batches across epochs.
 */
const viewCount = z.union([count, z.strictObject({ leaf: count })]);

const viewSchema = z.strictObject({
  batchSize: z.int().positive().nullable(),
  shuffle: z.boolean(),
  epochs: viewCount.nullable(),
  dropRemainder: z.boolean(),
  take: viewCount.nullable(),
  steps: viewCount.exactOptional(),
  acrossEpochs: z.literal(true).exactOptional(),
});

const distributionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('uniform'), low: z.number(), high: z.number() }),
  z.strictObject({ kind: z.literal('normal'), mean: z.number(), stddev: z.number() }),
  z.strictObject({ kind: z.literal('bernoulli'), probability: z.number() }),
]);

const name = z.string().min(1);

export const feedSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('argument'), name, leaf: count }),
  z.strictObject({ kind: z.literal('indices'), name, leaf: count, reduce: count, view: viewSchema }),
  z.strictObject({ kind: z.literal('mask'), name, leaf: count, reduce: count, view: viewSchema }),
  z.strictObject({
    kind: z.literal('random'),
    name,
    reduce: count.nullable(),
    draw: count,
    shape: z.array(count),
    distribution: distributionSchema,
    leaf: count.exactOptional(),
    view: viewSchema.exactOptional(),
  }),
]) satisfies z.ZodType<Feed>;
