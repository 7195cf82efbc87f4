import { describe, expect, test } from 'vitest';
import { shownFields } from './summaries.js';

describe('shownFields', () => {
  test('`shownFields` puts an evaluation after the metrics', () => {
    expect(shownFields({ metrics: { loss: 1 }, evaluation: { loss: 2 } })).toEqual({
      loss: 1,
      evaluation: { loss: 2 },
    });
    expect(shownFields({ metrics: { loss: 1 } })).toEqual({ loss: 1 });
  });
});
