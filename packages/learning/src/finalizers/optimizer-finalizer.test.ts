import { float32, struct } from '@starling/federated-core';
import { expect, test } from 'vitest';
import { adam } from '../optimizers/adam.js';
import { momentum } from '../optimizers/momentum.js';
import { sgd } from '../optimizers/sgd.js';
import { lineModel } from '../testing/line-model.js';
import { finalizerContract } from './contract.js';
import { optimizerFinalizer } from './optimizer-finalizer.js';

finalizerContract('optimizerFinalizer of sgd', () => optimizerFinalizer(sgd({ learningRate: 1 })));
finalizerContract('optimizerFinalizer of momentum', () => optimizerFinalizer(momentum({ learningRate: 1 })));
finalizerContract('optimizerFinalizer of adam', () => optimizerFinalizer(adam()));

test('`optimizerFinalizer` refuses updates that are no change of the weights', () => {
  const finalizer = optimizerFinalizer(sgd({ learningRate: 1 }));
  expect(() => finalizer.create(lineModel(1), struct({ sign: float32() }))).toThrow(
    'Cannot finalize a round by sgd: need updates of the type of the weights, <w=float32>, got <sign=float32>',
  );
});
