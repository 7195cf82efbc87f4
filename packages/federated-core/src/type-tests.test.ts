// Runs the TypeScript compiler over the `*.test-d.ts` files: a line marked to be an error must be one, and
// no other may be. Without Node's types, so that a use of Node in this package would be an error too.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('`*.test-d.ts` files type-check when Node is unknown', async () => {
  const compiler = fileURLToPath(new URL('../../../node_modules/.bin/tsc', import.meta.url));
  const project = fileURLToPath(new URL('../tsconfig.type-tests.json', import.meta.url));
  const { stdout } = await promisify(execFile)(compiler, ['-p', project]).catch((error: unknown) => {
    return error as { readonly stdout: string };
  });
  expect(stdout).toBe('');
});
