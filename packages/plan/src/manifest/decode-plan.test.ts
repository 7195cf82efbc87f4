import { localComputation, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  compilePlan,
  federatedAggregate,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSelect,
  federatedSequenceSum,
  federatedSum,
  float32,
  int32,
} from '@starling/federated-core';
import { assert, describe, expect, test } from 'vitest';
import { linkPlan } from '../link/link-plan.js';
import { PlanError } from '../linked/plan-error.js';
import { decodeManifest, decodePlan, workBlobs } from './decode-plan.js';
import { encodePlan } from './encode-plan.js';

const scale = localComputation({ value: float32(3), factor: float32() }, ({ value, factor }) =>
  tf.mul(value, factor),
);
const add = localComputation({ left: float32(3), right: float32(3) }, ({ left, right }) =>
  tf.add(left, right),
);
const negate = localComputation(float32(3), (value) => tf.neg(value));

/** A plan with work, a constant of an empty mean, operators, and work of the server. */
const linked = linkPlan(
  compilePlan(
    federatedComputation(
      { value: atClients(float32(3)), factor: atServer(float32()) },
      ({ value, factor }) => {
        const scaled = federatedMap(scale, { value, factor: federatedBroadcast(factor) });
        return {
          mean: federatedMap(negate, federatedMean(scaled, { ifEmpty: [1, 2, 3] })),
          sum: federatedSum(scaled),
          folded: federatedAggregate(scaled, {
            zero: [0, 0, 0],
            accumulate: add,
            merge: add,
            report: negate,
          }),
        };
      },
      { name: 'everything' },
    ),
  ),
);
const encoded = encodePlan(linked);
const text = new TextDecoder().decode(encoded.manifest);
const edited = (from: string | RegExp, to: string): Uint8Array => {
  const changed = text.replace(from, to);
  assert.notEqual(changed, text);
  return new TextEncoder().encode(changed);
};

const rowOf = localComputation({ table: float32(4, 3), key: int32() }, ({ table, key }) =>
  tf.gather(table, key),
);
/** Slices of two selections by the same keys, beside a broadcast. */
const selecting = linkPlan(
  compilePlan(
    federatedComputation(
      { keys: atClients(int32(2)), table: atServer(float32(4, 3)) },
      ({ keys, table }) => ({
        rows: federatedSum(federatedSequenceSum(federatedSelect(table, { keys, keyBound: 4, slice: rowOf }))),
        same: federatedSum(federatedSequenceSum(federatedSelect(table, { keys, keyBound: 4, slice: rowOf }))),
        table: federatedMean(federatedBroadcast(table)),
      }),
    ),
  ),
);

describe('decodePlan', () => {
  test('`decodePlan` gives back the plan that `encodePlan` wrote, and the same bytes again', () => {
    const decoded = decodePlan(encoded.manifest, encoded.blobs);
    assert.equal(decoded.hash, linked.hash);
    const { sources, ...traveller } = linked.plan; // where the user wrote what stays at home
    assert.isAbove(sources?.calls.length ?? 0, 0);
    assert.deepEqual(decoded.plan, traveller);
    assert.deepEqual(
      [...decoded.graphs.values()].map(({ id, onnx, kernels, feeds }) => ({ id, onnx, kernels, feeds })),
      [...linked.graphs.values()].map(({ id, onnx, kernels, feeds }) => ({ id, onnx, kernels, feeds })),
    );
    assert.equal(encodePlan(decoded).hash, linked.hash);
  });

  test('`decodePlan` gives back selections, and keeps what slices from the clients', () => {
    const { manifest, blobs } = encodePlan(selecting);
    const { sources: _, ...traveller } = selecting.plan;
    const decoded = decodePlan(manifest, blobs);
    assert.deepEqual(decoded.plan, traveller);
    assert.equal(encodePlan(decoded).hash, selecting.hash);
    assert.deepEqual(workBlobs(decodeManifest(manifest)), []);
    assert.deepEqual([...decodePlan(manifest, new Map(), { graphs: 'work' }).graphs], []);
  });

  test.each(['keyBound', 'maxKeys'])('`decodePlan` refuses keys without %s', (name) => {
    const { manifest, blobs } = encodePlan(selecting);
    const whole = new TextDecoder().decode(manifest);
    const cut = whole.replace(new RegExp(`(?<="settings":\\{.*?)"${name}":\\d+,?`), '').replace(',}', '}');
    assert.notEqual(cut, whole);
    expect(() => decodePlan(new TextEncoder().encode(cut), blobs)).toThrow(
      `settings of an aggregation of kind select-keys: need ${name}, got none`,
    );
  });

  test('`decodePlan` needs only the work’s ONNX models and the constants when asked for work', () => {
    const references = workBlobs(decodeManifest(encoded.manifest));
    const some = new Map(references.map(({ sha256 }) => [sha256, encoded.blobs.get(sha256)!]));
    const { graphs } = decodePlan(encoded.manifest, some, { graphs: 'work' });
    assert.deepEqual([...graphs.keys()], [scale.id]);
    assert.equal(graphs.get(scale.id)!.kernels.length, 0);
    // All of it needs more than that.
    expect(() => decodePlan(encoded.manifest, some)).toThrow(/blob [0-9a-f]{64} is missing/);
  });

  test('`decodePlan` refuses a blob when one of its bits was turned', () => {
    for (const [name, blob] of encoded.blobs) {
      const turned = blob.slice();
      turned[turned.length >> 1]! ^= 1;
      const blobs = new Map(encoded.blobs).set(name, turned);
      expect(() => decodePlan(encoded.manifest, blobs)).toThrow(/holds other bytes/);
    }
  });

  test.each([
    ['is not JSON', new TextEncoder().encode('{'), /must be JSON/],
    ['is of a later version', edited('"version":1', '"version":2'), /version/],
    ['has a field that nobody knows', edited('"version":1', '"version":1,"hint":0'), /hint/],
    ['has lanes of nobody', edited(/"laneSize":\d+/, '"laneSize":0'), /laneSize/],
    ['has a type that cannot be read', edited('"clientInput":"<', '"clientInput":"<<'), /must be a type/],
    [
      'reads a register that is not there',
      edited(/"inputs":\[1,0\]/, '"inputs":[1,9]'),
      /register 9 is read/,
    ],
    [
      'calls a graph that is not there',
      edited(/"graph":"[0-9a-f]{64}"/, '"graph":"none"'),
      /there is no graph none/,
    ],
    [
      'names a constant that is not there',
      edited(/"ifEmpty":\[0\]/, '"ifEmpty":[7]'),
      /constant 7 is missing/,
    ],
    ['has a kind that nobody knows', edited('"kind":"sum"', '"kind":"product"'), /kind/],
    [
      'has a setting that its kind does not take',
      edited(/("kind":"sum","update":"[^"]*","result":"[^"]*")/, '$1,"settings":{"maxInput":9}'),
      /settings of an aggregation of kind sum: need no settings, got maxInput/,
    ],
    [
      'takes other inputs than its neighbours give',
      edited('"serverInput":"<factor=float32>"', '"serverInput":"<a=float32,b=float32>"'),
      /it must take 2 leaves, got 1/,
    ],
  ])('`decodePlan` refuses a manifest that %s', (_, manifest, message) => {
    let error: unknown;
    try {
      decodePlan(manifest, encoded.blobs);
    } catch (caught) {
      error = caught;
    }
    assert.instanceOf(error, PlanError);
    assert.match((error as PlanError).message, message);
  });
});
