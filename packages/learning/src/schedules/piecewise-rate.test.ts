import { describe, expect, test } from 'vitest';
import { scheduleContract } from './contract.js';
import { piecewiseRate } from './piecewise-rate.js';

describe('piecewiseRate', () => {
  const schedule = piecewiseRate({ rates: [0.3, 0.2, 0.1], boundarySteps: [2, 3] });
  scheduleContract('rates with boundaries', schedule, { rates: [0.3, 0.3, 0.2, 0.1, 0.1] });
  scheduleContract('one rate', piecewiseRate({ rates: [0.3], boundarySteps: [] }), { rates: [0.3, 0.3] });

  test('throws when rates and boundaries do not fit', () => {
    const message = 'need rising boundaries and one rate more than those';
    expect(() => piecewiseRate({ rates: [1, 2], boundarySteps: [] })).toThrow(message);
    expect(() => piecewiseRate({ rates: [1, 2, 3], boundarySteps: [5, 5] })).toThrow(message);
  });
});
