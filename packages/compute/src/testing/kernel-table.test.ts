// docs/kernels.md is printed from the tables of kernels; `npx vitest run packages/compute/src/testing --update` prints
// it anew.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { kernelPage } from './kernel-table.js';

test('docs/kernels.md is what `kernelPage` prints', async () => {
  const page = fileURLToPath(new URL('../../../../docs/kernels.md', import.meta.url));
  await expect(kernelPage()).toMatchFileSnapshot(page);
});
