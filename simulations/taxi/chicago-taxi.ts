// The rows of TFX's own example: taxi trips in Chicago, each company a client. Its terms do not let it be shipped: the
// file is `tfx/examples/chicago_taxi_pipeline/data/simple/data.csv` of github.com/tensorflow/tfx. Which trips end with
// a tip of more than a fifth of the fare?
import { tf } from '@starling/compute';
import { readTables } from '@starling/data';
import { atLeast, worst } from '@starling/learning';
import { fillMissing, noWorseThanBaseline } from '@starling/pipeline';
import type { Question } from './question.js';

const TIP_SHARE = 0.2;

export async function chicagoTaxi(path: string): Promise<Question> {
  const tables = await readTables(path, {
    client: 'company',
    columns: ['trip_miles', 'fare', 'trip_seconds', 'payment_type', 'tips', 'trip_start_hour'],
  });
  return {
    tables,
    description: 'Which taxi trips end with a tip of more than a fifth of the fare?',
    preprocess: ({ trip_miles, fare, trip_seconds, payment_type, tips, trip_start_hour }, analyze) => {
      const scaled = [trip_miles, fare, trip_seconds, trip_start_hour].map((column) =>
        tf.expandDims(fillMissing(analyze.zScore(column as tf.Tensor), 0), 1),
      );
      const payment = analyze.vocabulary(payment_type as tf.Tensor, { top: 5, outOfVocabulary: 1 });
      const isTipped = tf.greater(tips as tf.Tensor, tf.mul(fare as tf.Tensor, tf.scalar(TIP_SHARE)));
      return {
        x: tf.concat([...scaled, tf.oneHot(payment as tf.Tensor1D, 6, 1, 0, 'float32')], 1),
        y: tf.cast(isTipped, 'float32'),
      };
    },
    group: 'payment_type',
    threshold: 0.5,
    // Tips in cash are not recorded: whatever is learned of them, it is not who tips. This is what stops the model.
    constraints: [
      atLeast('accuracy', 0.6),
      atLeast(worst('recall', { by: 'payment_type', at: 0.5 }), 0.3),
      noWorseThanBaseline('accuracy', { absolute: 0.001 }),
    ],
    minClients: 3,
  };
}
