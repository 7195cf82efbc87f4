import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { checkEvaluated } from './evaluated-value.js';

describe('checkEvaluated', () => {
  test.each([
    0.5,
    Number.NaN,
    'ten',
    3n,
    true,
    { loss: 1, by: [{ digit: 1, accuracy: 0.5 }] },
    tensor('float32', [2], Float32Array.of(1, 2)),
    Float64Array.of(1, 2),
  ])('takes %s', (value) => {
    expect(() => checkEvaluated(1, value)).not.toThrow();
  });

  test.each<readonly [string, unknown, string]>([
    ['nothing', undefined, 'what evaluation.run gives must be numbers by name, such as'],
    ['a field that is missing', { loss: undefined }, 'loss of what evaluation.run gives must be numbers'],
    ['a promise', { loss: Promise.resolve(1) }, 'got a Promise. Await it before, or leave out async'],
    ['a function', () => ({ loss: 1 }), 'got a function. Call it, and give what it returns'],
    ['a Map', new Map(), 'got a Map. Write Object.fromEntries(map)'],
    ['an item', { all: [1, null] }, 'item 1 of all of what evaluation.run gives must be'],
  ])('refuses %s, and says what to do', (_, value, words) => {
    expect(() => checkEvaluated(3, value)).toThrow(/^Cannot evaluate round 3: /);
    expect(() => checkEvaluated(3, value)).toThrow(words);
  });
});
