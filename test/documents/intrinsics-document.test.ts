// docs/intrinsics.md is printed from the table of intrinsics; `npx vitest run test/documents --update`
// prints it anew.
import { join } from 'node:path';
import { formatIntrinsics } from '@starling/federated-core';
import { expect, test } from 'vitest';
import { root } from '../support/repository.js';

test('docs/intrinsics.md is what `formatIntrinsics` prints', async () => {
  await expect(formatIntrinsics()).toMatchFileSnapshot(join(root, 'docs', 'intrinsics.md'));
});
