// A model of features as one of raw rows: its batches go through the transform first. Whatever trains, evaluates or
// exports a model takes it as any other, and has the transform within.

import { formatType, type Type } from '@starling/federated-core';
import { isAssignable, optionError } from '@starling/federated-core/plan';
import type { Batch, Model } from '@starling/learning';
import { rowType } from '../examples/row-data.js';
import type { KnownConstants } from '../transform/analyze.js';
import { type Features, traceFeatures } from '../transform/captured-transform.js';
import type { TransformNode } from './transformer.js';

export interface TransformedModel {
  readonly model: Model;
  /** Of a batch of raw rows. */
  features(batch: Batch): Features;
}

/** Throws a `RangeError` that has both types if the model is none of these features. */
export function transformedModel(
  model: Model,
  transform: TransformNode,
  known: KnownConstants,
): TransformedModel {
  checkExample(model, transform);
  const features = (batch: Batch): Features =>
    traceFeatures(transform.source, batch as never, { known, salt: 1 }).features;
  const { outputs } = model;
  return {
    features,
    model: {
      ...model,
      example: rowType(transform.source.columns) as Type,
      forward: (weights, batch, options) => model.forward(weights, features(batch) as Batch, options),
      ...(outputs !== undefined && {
        outputs: (weights, batch) => outputs(weights, features(batch) as Batch),
      }),
    },
  };
}

export function checkExample(model: Model, transform: TransformNode): void {
  if (isAssignable(model.example, transform.example)) return;
  throw optionError(
    `Cannot train ${model.name}: its examples must be the features of '${transform.name}', ${formatType(transform.example)}, got ${formatType(model.example)}; give it example: transform.example`,
  );
}
