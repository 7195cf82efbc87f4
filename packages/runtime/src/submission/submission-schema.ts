// What a submission says of its run besides plans and tensors: JSON, checked by zod before anything is made of it.
import * as z from 'zod';

export const SUBMISSION_FORMAT = 'starling-submission/1';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(1);
const seed = z.int().min(0);
const line = z.string().min(1).max(200);
const plain: z.ZodType<Readonly<Record<string, unknown>>> = z.record(z.string(), z.json());

export const submissionSchema = z.strictObject({
  format: z.literal(SUBMISSION_FORMAT),
  federation: line,
  description: z.string().max(10_000),
  headline: z.string().max(200).nullable(),
  /** Hash of the plan of a round. */
  plan: hash,
  /** Of the one that makes the first state; `null` for a computation. */
  initialize: hash.nullable(),
  finiteState: z.boolean(),
  /** Leaves of the server's arguments. */
  arguments: z.int().min(0).max(100_000),
  seed,
  rounds: z.int().min(0).max(10_000_000),
  settings: plain,
  population: z.strictObject({
    name: line,
    dataType: z.string().min(1).max(10_000),
    fingerprint: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
  sampler: line,
  /** Of how many attempts at how many rounds the cohorts were drawn. */
  cohorts: z.strictObject({ rounds: z.int().min(0).max(10_000_000), attempts: z.int().min(1).max(1000) }),
  best: z
    .strictObject({
      metric: line,
      goal: z.enum(['highest', 'lowest']),
      target: z.number().exactOptional(),
      patience: count.exactOptional(),
      minDelta: z.number().min(0).exactOptional(),
    })
    .nullable(),
  present: z
    .strictObject({
      overSelection: z.number().min(1).exactOptional(),
      minimumFraction: z.number().gt(0).max(1).exactOptional(),
      selectionMs: z.number().min(0).exactOptional(),
    })
    .nullable(),
  minReports: seed,
  maxAttempts: count,
  backOffMs: z.number().min(0),
  /** What the server is asked for besides, which it checks itself. */
  hosting: plain,
});

export type SubmissionFacts = z.output<typeof submissionSchema>;
