import { expect, test } from 'vitest';
import { didYouMean, nearestName } from './nearest-name.js';

const names = ['learningRate', 'beta1', 'epochs', 'batchSize', 'name', 'x'];

test.each([
  ['learning_rate', 'learningRate'], // the same letters
  ['lr', 'learningRate'], // its initials
  ['localEpochs', 'epochs'], // holds it
  ['batch', 'batchSize'], // is held by it
  ['epohcs', 'epochs'], // two letters swapped: 1 of 6
  ['nmae', 'name'], // 1 of 4
  ['beta_2', 'beta1'], // one letter changed: 1 of 5
  ['learnngRat', 'learningRate'], // two letters left out: 2 of 12
  ['momentum', undefined],
  ['mean', undefined], // 2 of 4 from `name`
  ['', undefined],
  ['__', undefined],
  ['e', undefined], // too short to be a part
])('`nearestName` takes %j for %j', (strange, name) => {
  expect(nearestName(strange, names)).toBe(name);
});

test('`didYouMean` asks where a name is near, and is silent otherwise', () => {
  expect(didYouMean('lr', names)).toBe("; did you mean 'learningRate'?");
  expect(didYouMean('momentum', names)).toBe('');
});
