import { describe, expect, it } from 'vitest';
import { scheduleContract } from './contract.js';
import { piecewise } from './piecewise.js';

describe('piecewise', () => {
  const schedule = piecewise({ rates: [0.3, 0.2, 0.1], boundaries: [2, 3] });
  scheduleContract('rates with boundaries', schedule, [0.3, 0.3, 0.2, 0.1, 0.1]);
  scheduleContract('one rate', piecewise({ rates: [0.3], boundaries: [] }), [0.3, 0.3]);

  it('throws when rates and boundaries do not fit', () => {
    const message = 'need rising boundaries and one rate more than those';
    expect(() => piecewise({ rates: [1, 2], boundaries: [] })).toThrow(message);
    expect(() => piecewise({ rates: [1, 2, 3], boundaries: [5, 5] })).toThrow(message);
  });
});
