import { expect, test } from 'vitest';
import { brokenOutput } from './broken-output.js';

test('`brokenOutput` is quiet on a closed pipe, and has a sentence for a full disk', () => {
  expect(brokenOutput('EPIPE')).toEqual({ exitCode: 141, words: '' });
  expect(brokenOutput('ENOSPC')).toMatchObject({
    exitCode: 1,
    words: expect.stringMatching(/^Cannot write/),
  });
  expect(brokenOutput('EIO')).toBeNull();
});
