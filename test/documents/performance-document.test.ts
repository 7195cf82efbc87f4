// The table of passes in docs/performance.md has every pass, and no other.
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { readText, trackedFiles } from '../support/repository.js';

test('docs/performance.md says of every pass what it saves', () => {
  const [, table = ''] = readText('docs/performance.md').split('| pass | what it saves |');
  const rows = (table.split('\n\n')[0] ?? '').split('\n').map((row) => row.split('|')[1] ?? '');
  const named = rows.flatMap((cell) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, pass]) => pass));
  const passes = trackedFiles('.ts')
    .filter((path) => /^packages\/onnx\/src\/passes\/\w+\/[\w-]+\.ts$/.test(path) && !path.includes('.test.'))
    .map((path) => basename(path, '.ts'));
  // The one pass that works on kernels, before they are lowered.
  expect([...named].sort()).toEqual([...passes, 'mask-before-pool-gradient'].sort());
});
