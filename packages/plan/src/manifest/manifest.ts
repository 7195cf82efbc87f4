// The manifest of a linked plan as it stands in JSON, checked by zod before anything is made of it. Types are
// text in TFF's notation, tensors are numbers into one body of constants, and every blob is named by its
// SHA-256 and length, so that a client can fetch the parts it lacks and pin those it trusts.
import { aggregationKinds } from '@starling/federated-core/plan';
import * as z from 'zod';
import { feedSchema } from './feed-schema.js';

/** Raised when a manifest changes in a way that older readers would misread. */
export const PLAN_FORMAT_VERSION = 1;

const count = z.int().nonnegative();
const registers = z.array(count);
const typeText = z.string();
const graphId = z.string().min(1).max(128);

const blobSchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: count,
});

const salt = count;
const leafTexts = z.array(typeText);

const instructionSchema = z.discriminatedUnion('op', [
  /** `value` counts the tensors of the constants' body. */
  z.strictObject({ op: z.literal('constant'), value: count }),
  z.strictObject({ op: z.literal('call'), graph: graphId, inputs: registers, outputs: count, salt }),
  z.strictObject({ op: z.literal('reduce'), graph: graphId, sequence: registers, initial: registers, salt }),
  z.strictObject({ op: z.literal('map'), graph: graphId, sequence: registers, result: leafTexts, salt }),
  z.strictObject({ op: z.literal('sum'), sequence: registers, element: leafTexts }),
  z.strictObject({
    op: z.literal('select'),
    graph: graphId,
    inputs: registers,
    keys: count,
    keyBound: count,
    result: leafTexts,
    salt,
  }),
  z.strictObject({ op: z.literal('random'), salt }),
]);

const programSchema = z.strictObject({
  inputs: count,
  instructions: z.array(instructionSchema),
  outputs: registers,
});

const aggregationSchema = z.strictObject({
  kind: z.enum(aggregationKinds),
  update: typeText,
  result: typeText,
  ifEmpty: z.array(count).exactOptional(),
  operators: z
    .strictObject({
      zero: programSchema,
      accumulate: programSchema,
      merge: programSchema,
      report: programSchema,
    })
    .exactOptional(),
  /** By the forms of the kind (`encodeSettings`). */
  settings: z.record(z.string(), z.number()).exactOptional(),
});

const selectionSchema = z.strictObject({
  keys: z.strictObject({ phase: count, aggregation: count }),
  served: typeText,
  graph: graphId,
  slice: typeText,
  salt,
});

const graphSchema = z.strictObject({
  id: graphId,
  name: z.string(),
  parameter: typeText.nullable(),
  result: typeText,
  kernels: blobSchema,
  onnx: blobSchema.nullable(),
  onnxReason: z.string().exactOptional(),
  feeds: z.array(feedSchema),
});

export const manifestSchema = z.strictObject({
  format: z.literal('starling-plan'),
  version: z.literal(PLAN_FORMAT_VERSION),
  name: z.string(),
  laneSize: z.int().positive(),
  serverInput: typeText,
  clientInput: typeText,
  result: typeText,
  /** What clients keep; left out if they keep nothing. */
  clientState: z
    .strictObject({
      type: typeText,
      initialize: programSchema,
      madeIn: count.nullable(),
      whenLost: z.enum(['restart', 'sit-out']),
      finite: z.boolean(),
    })
    .exactOptional(),
  phases: z.array(
    z.strictObject({
      prepare: programSchema,
      broadcast: typeText,
      /** Left out if there are none. */
      selections: z.array(selectionSchema).min(1).exactOptional(),
      work: programSchema,
      aggregations: z.array(aggregationSchema),
    }),
  ),
  apply: programSchema,
  graphs: z.array(graphSchema),
  /** A safetensors body of leaves named "0", "1", …; `null` if the plan has no constants. */
  constants: blobSchema.nullable(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type BlobReference = z.infer<typeof blobSchema>;
export type ManifestProgram = z.infer<typeof programSchema>;
export type ManifestInstruction = z.infer<typeof instructionSchema>;
