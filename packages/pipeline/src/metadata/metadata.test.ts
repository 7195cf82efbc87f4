import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openMetadata } from './metadata.js';

const root = mkdtempSync(join(tmpdir(), 'metadata-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('openMetadata', () => {
  test('takes up the last run alone: an earlier one would not know what was blessed since', () => {
    const metadata = openMetadata(join(root, 'metadata.sqlite'), () => 0);
    try {
      expect(metadata.begin('p', 'one')).toMatchObject({ run: 1, asOf: 0 });
      expect(metadata.begin('p', 'one').run).toBe(1); // it was cut off
      metadata.end(1, 'failed');
      expect(metadata.begin('p', 'one').run).toBe(1);
      metadata.end(1, 'failed');
      expect(metadata.begin('p', 'other').run).toBe(2);
      metadata.done({
        run: 2,
        pipeline: 'p',
        node: 'model-validator',
        component: 'ModelValidator',
        state: 'complete',
        key: 'key',
        inputs: {},
        output: { id: 'a', kind: 'ModelBlessing', uri: 'artifacts/a', properties: {}, isRefused: false },
        wallMs: 1,
      });
      metadata.end(2, 'passed');
      const later = metadata.begin('p', 'one');
      expect(later).toMatchObject({ run: 3, asOf: 1 });
      expect(metadata.outputs('p', 'ModelBlessing', later.asOf).map(({ id }) => id)).toEqual(['a']);
      // Runs of another pipeline in the directory are none of its own.
      expect(metadata.begin('q', 'one').run).toBe(4);
      expect(metadata.begin('p', 'one').run).toBe(3);
    } finally {
      metadata.close();
    }
  });
});
