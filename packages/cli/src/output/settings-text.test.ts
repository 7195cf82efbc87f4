import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { formatSettings } from './settings-text.js';

describe('formatSettings', () => {
  test('aligns what is said of each setting, if anything is', () => {
    const schema = z.object({
      cohort: z.number().describe('clients a round'),
      partition: z.string().describe('who has what'),
      sizes: z.array(z.number()),
    });
    expect(formatSettings(schema, { cohort: 10, partition: 'iid', sizes: [1, 2] })).toBe(
      ['cohort=10      clients a round', 'partition=iid  who has what', 'sizes=[1,2]'].join('\n'),
    );
  });

  test('is empty when there are no settings', () => {
    expect(formatSettings(z.object({}), {})).toBe('');
  });
});
