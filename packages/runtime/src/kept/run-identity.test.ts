import type { PlainObject } from '@starling/store';
import { assert, describe, expect, test } from 'vitest';
import { formatDifference, identityDifferences, OtherRunError, type RunIdentity } from './run-identity.js';

const identity: RunIdentity = {
  plan: 'a'.repeat(64),
  initialize: 'b'.repeat(64),
  seed: 7,
  settings: { clients: 40, rates: [0.1, 0.01], nested: { alpha: 0.5, beta: null } },
  arguments: 'c'.repeat(64),
  engine: { server: 'onnx', clients: 'onnx' },
  sampler: { name: 'uniform', cohortSize: 10, firstCohort: 'd'.repeat(64) },
  population: { name: 'mnist/iid', size: 40, seed: '1 2' },
  versions: { starling: '0.1.0', planFormat: 1 },
};
const lines = (found: PlainObject, wanted: RunIdentity): readonly string[] =>
  identityDifferences(found, wanted).map(formatDifference);
const stored = (change: object = {}): PlainObject =>
  JSON.parse(JSON.stringify({ ...identity, ...change })) as PlainObject;

describe('identityDifferences', () => {
  test('`identityDifferences` finds none in what was stored, whatever the order of its fields', () => {
    const reversed = Object.fromEntries(Object.entries(identity).reverse());
    assert.deepEqual(lines(reversed as PlainObject, identity), []);
    const settings = { nested: { beta: null, alpha: 0.5 }, rates: [0.1, 0.01], clients: 40 };
    assert.deepEqual(lines(stored({ settings }), identity), []);
  });

  test('`identityDifferences` lists each field, what was stored and what is wanted', () => {
    const found = stored({
      plan: 'e'.repeat(64),
      seed: 8,
      settings: { clients: 100, rates: [0.1], nested: { alpha: 0.5, beta: null }, old: true },
      population: { name: 'mnist/iid', size: 100, seed: '1 2' },
      versions: { starling: '0.0.9', planFormat: 1 },
    });
    assert.deepEqual(lines(found, identity), [
      'plan: eeeeeeeeeeee… → aaaaaaaaaaaa…',
      'seed: 8 → 7',
      'settings.clients: 100 → 40',
      'settings.rates: [0.1] → [0.1,0.01]',
      'settings.old: true → nothing',
      'population.size: 100 → 40',
      'versions.starling: 0.0.9 → 0.1.0',
    ]);
  });

  test('`identityDifferences` tells of a checkpoint of an earlier version what it does not tell', () => {
    const old = { plan: identity.plan, seed: 7 };
    const untold = ['settings', 'engine', 'sampler', 'population', 'versions'];
    const found = lines(old, identity);
    for (const section of untold) {
      assert.include(found, `${section}: not told, as by an earlier version of Starling`);
    }
    assert.lengthOf(found, 7); // and `initialize` and `arguments`
  });

  test('`identityDifferences` takes no name for one that every object has', () => {
    const settings = { constructor: 1 };
    assert.deepEqual(lines(stored({ settings: {} }), { ...identity, settings }), [
      'settings.constructor: nothing → 1',
    ]);
  });
});

describe('OtherRunError', () => {
  test('`OtherRunError` lists what differs under a stable code', () => {
    const error = new OtherRunError('runs/a', identityDifferences(stored({ seed: 8 }), identity));
    expect(error).toMatchObject({
      code: 'bad-checkpoint',
      message: 'Cannot resume from runs/a: need this very run, got one that differs in\n    seed: 8 → 7',
      canContinue: true,
    });
  });
});
