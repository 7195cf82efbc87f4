import { describe, expect, it } from 'vitest';
import { EmptyAggregateError, TypeMismatchError } from '../errors/starling-error.js';
import { federatedComputation } from '../expression/federated-computation.js';
import { both } from '../testing/both.js';
import { atClients, atServer, bool, float32, float64, int32, struct, type Type } from '../types/types.js';
import { federatedMean } from './federated-mean.js';

const weighted = federatedComputation(
  { value: atClients(float32()), weight: atClients(float32()) },
  ({ value, weight }) => federatedMean(value, weight),
);

describe('federatedMean', () => {
  it('`federatedMean` divides the weighted sum by the weights when weights are given', async () => {
    // (1·3 + 2·2 + 3·1) / 6 = 10/6.
    expect(await both(weighted, { value: [1, 2, 3], weight: [3, 2, 1] })).toBe(Math.fround(10 / 6));
  });

  it('`federatedMean` averages field by field when members are nested structs', async () => {
    const member = struct([struct([float32(), float32()]), float32()]);
    const structs = federatedComputation(
      { value: atClients(member), weight: atClients(int32()) },
      ({ value, weight }) => federatedMean(value, weight),
    );
    const value = [
      [[1, 2], 3],
      [[2, 5], 4],
      [[3, 0], 5],
    ];
    // (1·3+2·2+3)/6 = 10/6; (2·3+5·2+0)/6 = 16/6; (3·3+4·2+5)/6 = 22/6.
    expect(await both(structs, { value, weight: [3, 2, 1] })).toEqual([
      [Math.fround(10 / 6), Math.fround(16 / 6)],
      Math.fround(22 / 6),
    ]);
  });

  it('`federatedMean` gives TFF’s temperature average when unweighted', async () => {
    const mean = federatedComputation(atClients(float32()), (value) => federatedMean(value));
    // (68.5 + 70.3 + 69.8) / 3 in float32 inputs.
    const expected = (68.5 + Math.fround(70.3) + Math.fround(69.8)) / 3;
    expect(await both(mean, [68.5, 70.3, 69.8])).toBe(Math.fround(expected));
  });

  it('`federatedMean` fails the round when the weights add up to zero, or gives `ifEmpty`', async () => {
    const safe = federatedComputation(
      { value: atClients(float32()), weight: atClients(float32()) },
      ({ value, weight }) => federatedMean(value, weight, { ifEmpty: -1 }),
    );
    for (const argument of [
      { value: [1, 2], weight: [0, 0] },
      { value: [], weight: [] },
    ]) {
      await expect(both(weighted, argument)).rejects.toThrow(EmptyAggregateError);
      expect(await both(safe, argument)).toBe(-1);
    }
  });

  it('`federatedMean` leaves out a client when its weight is negative or not finite, or its value is NaN', async () => {
    // Only the third client is left.
    for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await both(weighted, { value: [9, Number.NaN, 5], weight: [weight, 1, 2] })).toBe(5);
    }
  });

  it('`federatedMean` leaves out the shape of a client when its weight is 0', async () => {
    const mean = federatedComputation(
      { value: atClients(float32(null)), weight: atClients(float32()) },
      ({ value, weight }) => federatedMean(value, weight),
    );
    // The first and the last weigh nothing; an empty tensor adds nothing to the sum, but its weight counts: 3·2 / (2 + 1).
    const given = { value: [[1, 2], [3], [], [4, 5]], weight: [0, 2, 1, 0] };
    for (const laneSize of [1, 2, 5]) {
      expect(await both(mean, given, { laneSize })).toEqual({
        dtype: 'float32',
        shape: [1],
        data: Float32Array.of(2),
      });
    }
  });

  it('`federatedMean` keeps float64 sums when an update is float64, in lanes of five', async () => {
    const mean = federatedComputation(atClients(float64()), (value) => federatedMean(value));
    const values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
    const lanes = 0.1 + 0.2 + 0.3 + 0.4 + 0.5 + (0.6 + 0.7);
    expect(await both(mean, values)).toBe(lanes / 7);
  });

  it('`federatedMean` refuses integers and bools at tracing', () => {
    for (const type of [int32(), bool()] as Type[]) {
      expect(() => federatedComputation(atClients(type), (value) => federatedMean(value))).toThrow(
        TypeMismatchError,
      );
    }
    // @ts-expect-error an integer mean
    expect(() => federatedComputation(atClients(int32()), (value) => federatedMean(value))).toThrow(
      'Cannot apply federatedMean: T must be float32 or float64',
    );
    expect(() =>
      federatedComputation({ v: atClients(float32()), w: atClients(float32(2)) }, ({ v, w }) =>
        // @ts-expect-error a vector as weight
        federatedMean(v, w),
      ),
    ).toThrow('W must be one number');
    expect(() =>
      federatedComputation({ v: atClients(float32()), w: atServer(float32()) }, ({ v, w }) =>
        federatedMean(v, w as never),
      ),
    ).toThrow('Cannot apply federatedMean: argument 2 must be {W}@CLIENTS, got float32@SERVER');
    expect(() =>
      federatedComputation({ w: atServer(float32()) }, ({ w }) => federatedMean(w as never)),
    ).toThrow('Cannot apply federatedMean: its argument must be {T}@CLIENTS, got float32@SERVER');
  });
});
