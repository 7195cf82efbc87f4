// A pipeline that is small enough to be run many times: deliveries of a few shops, which are late if they are far and
// slow. What a test wants to go wrong is an option.
import { tf } from '@starling/compute';
import { tensor } from '@starling/federated-core';
import { atLeast, atMost, federatedAveraging, functionModel, gap, sgd } from '@starling/learning';
import { numberColumn, type TableRow, tablesOf, textColumn } from '@starling/population';
import { z } from 'zod';
import { directory } from '../components/destination.js';
import { evaluator } from '../components/evaluator.js';
import { exampleGen } from '../components/example-gen.js';
import { exampleValidator } from '../components/example-validator.js';
import { infraValidator } from '../components/infra-validator.js';
import {
  type GateConstraint,
  modelValidator,
  noWorseThanBaseline,
  type TrialOptions,
} from '../components/model-validator.js';
import { pusher } from '../components/pusher.js';
import { schemaFile, schemaGen } from '../components/schema-gen.js';
import { statisticsGen } from '../components/statistics-gen.js';
import { trainer } from '../components/trainer.js';
import { transformer } from '../components/transformer.js';
import { definePipeline } from '../define/define-pipeline.js';
import type { Schema } from '../schema/schema.js';

export const columns = {
  miles: numberColumn('float32'),
  carrier: textColumn(8),
  late: numberColumn('int32'),
};

export interface SmallOptions {
  readonly serving: string;
  readonly shops?: number;
  readonly rounds?: number;
  readonly span?: string;
  readonly limit?: number;
  readonly constraints?: readonly [GateConstraint, ...GateConstraint[]];
  readonly trial?: TrialOptions;
  readonly schema?: Schema;
  /** Of a row of a shop. */
  readonly change?: (row: TableRow, shop: number, at: number) => TableRow;
  readonly minClients?: number;
  readonly groupClients?: number;
  readonly warmStart?: boolean;
}

/** 30 deliveries of each shop: late from 5 miles on, and a bike later than a van. */
export function deliveries(shops: number, change: SmallOptions['change'] = (row) => row) {
  const clients = Array.from({ length: shops }, (_, shop) => ({
    id: `shop-${shop}`,
    rows: Array.from({ length: 30 }, (_, at) => {
      const miles = ((shop * 7 + at * 3) % 20) / 2;
      const carrier = (shop + at) % 3 === 0 ? 'bike' : 'van';
      return change({ miles, carrier, late: miles + (carrier === 'bike' ? 1 : 0) >= 5 ? 1 : 0 }, shop, at);
    }),
  }));
  return tablesOf({ name: 'deliveries', columns, clients });
}

export const smallPipeline = (options: SmallOptions) =>
  definePipeline({
    name: 'small',
    description: 'Which deliveries are late?',
    options: z.object({}),
    build: () => {
      const {
        serving,
        shops = 12,
        rounds = 4,
        span = '1',
        limit = 5,
        minClients = 3,
        groupClients = 3,
        warmStart = false,
      } = options;
      const {
        constraints = [
          atLeast('accuracy', 0.5),
          noWorseThanBaseline('accuracy', { absolute: 0.2 }),
          atMost(gap('accuracy', { by: 'carrier', at: 0.5 }), 0.6),
        ],
      } = options;
      const examples = exampleGen({ tables: deliveries(shops, options.change), span });
      const kept = options.schema === undefined ? null : schemaFile(options.schema);
      const statistics = statisticsGen({
        examples,
        minClients,
        capacity: 20,
        ...(kept !== null && { schema: kept }),
      });
      const schema = kept ?? schemaGen({ statistics });
      const valid = exampleValidator({ statistics, schema, drift: { carrier: { lInfinity: 0.1 } } });
      const transform = transformer({
        examples,
        valid,
        minClients,
        preprocess: ({ miles, carrier, late }, analyze) => {
          // Nested: the mean is of what a mean was taken out of.
          const middle = tf.sub(miles, analyze.mean(miles));
          const place = analyze.vocabulary(carrier, { top: 3 });
          return {
            x: tf.concat(
              [tf.expandDims(analyze.zScore(middle), 1), tf.oneHot(place as tf.Tensor1D, 3, 1, 0, 'float32')],
              1,
            ),
            far: tf.cast(tf.greater(miles, tf.scalar(limit)), 'float32'),
            y: tf.cast(late, 'float32'),
          };
        },
      });
      const model = functionModel({
        name: 'late',
        example: transform.example,
        initialWeights: {
          w: tensor('float32', [4, 1], new Float32Array(4)),
          b: tensor('float32', [], Float32Array.of(0)),
        },
        loss: ({ w, b }, { x, y }: { x: tf.Tensor; y: tf.Tensor }) => {
          const logits = tf.add(tf.squeeze(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), [1]), b);
          return tf.sub(tf.softplus(logits), tf.mul(logits, y));
        },
        outputs: ({ w, b }, { x }) =>
          tf.add(tf.squeeze(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), [1]), b),
        metrics: {
          accuracy: ({ w, b }, { x, y }) =>
            tf.cast(
              tf.equal(
                tf.cast(
                  tf.greater(
                    tf.add(tf.squeeze(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), [1]), b),
                    tf.scalar(0),
                  ),
                  'float32',
                ),
                y,
              ),
              'float32',
            ),
        },
      });
      const trained = trainer({
        transform,
        model,
        algorithm: (whole) =>
          federatedAveraging({ model: whole, clientOptimizer: sgd({ learningRate: 0.5 }), batchSize: 10 }),
        rounds,
        cohortSize: Math.min(6, shops),
        warmStart,
      });
      const evaluation = evaluator({
        model: trained,
        by: { carrier: ['bike', 'van'] },
        label: 'y',
        minClients: groupClients,
        buckets: 4,
      });
      const blessing = modelValidator({
        evaluation,
        constraints,
        ...(options.trial !== undefined && { trial: options.trial }),
      });
      const infra = infraValidator({ model: trained, statistics });
      return pusher({ model: trained, blessing, infra, to: directory(serving) });
    },
  });
