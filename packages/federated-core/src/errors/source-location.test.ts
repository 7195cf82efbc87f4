import { expect, test } from 'vitest';
import { federatedComputation } from '../computations/federated-computation.js';
import { federatedBroadcast } from '../intrinsics/moves/federated-broadcast.js';
import { federatedMap } from '../intrinsics/pointwise/federated-map.js';
import { plainLocal } from '../testing/plain-local.js';
import { atClients, atServer, float32, int32 } from '../types/types.js';
import { sourceLocation } from './source-location.js';

/** The line on which this is called, read off a stack of this file alone. */
const here = (): number => Number(/:(\d+):\d+\)?$/.exec(new Error().stack!.split('\n')[2]!)![1]);

test('`sourceLocation` names the line outside of the package when called from it', () => {
  const line = here() + 1;
  const location = sourceLocation();
  expect(location).toMatch(new RegExp(`source-location\\.test\\.ts:${line}:\\d+$`));
});

test('`federatedMap` names the offending line and both types when an argument does not fit', () => {
  const isFloat = plainLocal(float32(), float32(), (value) => value);
  let line = 0;
  const trace = () =>
    federatedComputation(atClients(int32()), (value) => {
      line = here() + 2;
      // @ts-expect-error an integer for a float
      return federatedMap(isFloat, value);
    });
  expect(trace).toThrow(
    /^Cannot apply federatedMap: argument 2 must be \{float32\}@CLIENTS or float32@SERVER, got \{int32\}@CLIENTS\n {4}at .*source-location\.test\.ts:\d+:\d+$/,
  );
  expect(trace).toThrow(new RegExp(`source-location\\.test\\.ts:${line}:`));
});

test('`federatedBroadcast` names the line when a placement mistake passes the compiler', () => {
  expect(() =>
    federatedComputation({ a: atClients(int32()), b: atServer(int32()) }, ({ a }) =>
      federatedBroadcast(a as never),
    ),
  ).toThrow(
    /Cannot apply federatedBroadcast: its argument must be T@SERVER, got \{int32\}@CLIENTS\n.*source-location/,
  );
});
