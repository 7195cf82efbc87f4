// The pipeline of TFX's taxi example, over companies that keep their trips: from raw rows at their owners to a model
// that was allowed out. Without the file of those trips it runs on flights, where each airport is a client.
import { tf } from '@starling/compute';
import { tensor } from '@starling/federated-core';
import { federatedAveraging, functionModel, sgd } from '@starling/learning';
import * as pipeline from '@starling/pipeline';
import { z } from 'zod';
import { chicagoTaxi } from './chicago-taxi.js';
import { flights } from './flights.js';

export default pipeline.definePipeline({
  name: 'taxi',
  description:
    'A pipeline over data that you may not see: statistics, schema, transform, training, gate and push.',
  options: z.object({
    data: z
      .string()
      .default('')
      .describe('the path of TFX’s taxi trips (CSV); without it, flights by airport'),
    month: z
      .string()
      .default('')
      .describe('of the flights: 2001/01, 2001/02 or 2001/03 (default: all of them)'),
    schema: z.string().default('').describe('the path of a schema.json that is kept (default: inferred)'),
    threshold: z.number().default(0.5).describe('above which probability a flight is taken to be late'),
    rounds: z.int().min(1).default(40).describe('rounds of training'),
    serving: z.string().default('runs/taxi/serving').describe('where models are pushed to'),
  }),
  async build({ data, month, schema: path, threshold: at, rounds, serving }) {
    const question = data === '' ? flights(at, month === '' ? undefined : month) : await chicagoTaxi(data);
    const { tables, preprocess, group, threshold, constraints, minClients } = question;
    const examples = pipeline.exampleGen({ tables, span: month === '' ? 'all' : month });
    const kept = path === '' ? null : pipeline.schemaFile(path);
    const statistics = pipeline.statisticsGen({
      examples,
      minClients,
      ...(kept !== null && { schema: kept }),
    });
    const schema = kept ?? pipeline.schemaGen({ statistics });
    const valid = pipeline.exampleValidator({ statistics, schema, drift: { [group]: { lInfinity: 0.1 } } });
    const transform = pipeline.transformer({ examples, valid, preprocess, minClients });
    const width = (
      transform.example.elements as unknown as { readonly x: { readonly shape: readonly number[] } }
    ).x.shape[0] as number;
    const logit = (
      { w, b }: { readonly w: tf.Tensor; readonly b: tf.Tensor },
      { x }: { readonly x: tf.Tensor },
    ) => tf.add(tf.squeeze(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), [1]), b);
    const model = functionModel({
      name: 'logistic regression',
      example: transform.example,
      initialWeights: {
        w: tensor('float32', [width, 1], new Float32Array(width)),
        b: tensor('float32', [], Float32Array.of(-1)),
      },
      loss: (weights, batch: { readonly x: tf.Tensor; readonly y: tf.Tensor }) => {
        const z = logit(weights, batch);
        return tf.sub(tf.softplus(z), tf.mul(z, batch.y));
      },
      outputs: logit,
      metrics: {
        accuracy: (weights, batch) => {
          const isMore = tf.cast(tf.greater(logit(weights, batch), tf.scalar(0)), 'float32');
          return tf.cast(tf.equal(isMore, batch.y), 'float32');
        },
      },
    });
    const trained = pipeline.trainer({
      transform,
      model,
      algorithm: (whole) =>
        federatedAveraging({ model: whole, clientOptimizer: sgd({ learningRate: 0.1 }), batchSize: 20 }),
      rounds,
      cohortSize: Math.min(20, tables.size),
    });
    const evaluation = pipeline.evaluator({
      model: trained,
      by: { [group]: 'schema' },
      schema,
      label: 'y',
      at: [threshold],
      minClients,
    });
    const blessing = pipeline.modelValidator({ evaluation, constraints });
    const infra = pipeline.infraValidator({ model: trained, statistics });
    return pipeline.pusher({ model: trained, blessing, infra, to: pipeline.directory(serving) });
  },
});
