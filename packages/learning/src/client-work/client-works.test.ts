// Client works that train, each by the suite of its kind.
import { tf } from '@starling/compute';
import { float32, struct, tensor } from '@starling/federated-core';
import { expect, test } from 'vitest';
import { functionModel } from '../models/function-model.js';
import { modelParts } from '../models/model-parts.js';
import { adam } from '../optimizers/adam.js';
import { sgd } from '../optimizers/sgd.js';
import { clientWorkContract } from './contract.js';
import { personalWork } from './personal-work.js';
import { proximalWork } from './proximal-work.js';
import { trainingWork } from './training-work.js';

const optimizer = sgd({ learningRate: 0.1 });

clientWorkContract('trainingWork', () => trainingWork({ optimizer, batchSize: 1, epochs: 2 }));
clientWorkContract('trainingWork with rates and steps of the round', () =>
  trainingWork({ optimizer: () => adam(), batchSize: 2, steps: (round: tf.Tensor) => round.add(1).toInt() }),
);
clientWorkContract('trainingWork that sends something else', () =>
  trainingWork({ optimizer, batchSize: 'full', changeUpdate: ({ w }) => ({ sign: w!.sign() }) }),
);
clientWorkContract('proximalWork', () => proximalWork({ optimizer, batchSize: 1, proximalStrength: 1 }));

const example = struct({ x: float32(), y: float32() });
const zero = tensor('float32', [], Float32Array.of(0));
const parts = modelParts(
  'Cannot test',
  functionModel({
    name: 'line with an end',
    example,
    initialWeights: { a: zero, b: zero },
    loss: ({ a, b }, { x, y }: { readonly x: tf.Tensor; readonly y: tf.Tensor }) =>
      tf.square(tf.sub(tf.add(tf.mul(a, x), b), y)),
  }),
  ['b'],
);
clientWorkContract('personalWork', () => personalWork(trainingWork({ optimizer, batchSize: 1 }), parts), {
  model: parts.shared,
});

test('`personalWork` refuses a work that sends no change of the weights', () => {
  const signs = trainingWork({ optimizer, batchSize: 1, changeUpdate: ({ a }) => ({ sign: a!.sign() }) });
  expect(() => personalWork(signs, parts).create(parts.shared)).toThrow(
    'Cannot keep a part of line with an end at its clients: need training to send a change of its weights, <a=float32,b=float32>, got <sign=float32>',
  );
});

test('`proximalWork` refuses a rule of gradients besides its own', () => {
  const options = { optimizer, batchSize: 1, proximalStrength: 1, changeGradients: () => ({}) };
  expect(() => proximalWork(options)).toThrow('need trainingWork to change gradients, got proximalWork');
});
