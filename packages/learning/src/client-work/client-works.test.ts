// Client works that train, each by the suite of its kind.
import type { tf } from '@starling/compute';
import { expect, test } from 'vitest';
import { adam } from '../optimizers/adam.js';
import { sgd } from '../optimizers/sgd.js';
import { clientWorkContract } from './contract.js';
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

test('`proximalWork` refuses a rule of gradients besides its own', () => {
  const options = { optimizer, batchSize: 1, proximalStrength: 1, changeGradients: () => ({}) };
  expect(() => proximalWork(options)).toThrow('need trainingWork to change gradients, got proximalWork');
});
