import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UsageError } from '../errors/usage-error.js';
import { setUpFederation } from './set-up.js';

const folder = mkdtempSync(join(tmpdir(), 'starling-set-up-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A federation of one setting, `clients` (5 unless given), whose build is `build`. */
function federation(name: string, build: string): string {
  const path = join(folder, `${name}.mjs`);
  const zod = import.meta.resolve('zod');
  writeFileSync(
    path,
    `import { z } from ${JSON.stringify(zod)};
    const options = z.object({ clients: z.number().default(5) });
    export default { name: '${name}', description: '', options, build: ({ clients }) => { ${build} } };`,
  );
  return path;
}

describe('setUpFederation', () => {
  const choosy = federation(
    'choosy',
    "if (clients > 9) throw new RangeError('at most 9 clients'); return {};",
  );
  const broken = federation('broken', 'return { data: new Array(-1) };');

  test('gives what the settings build', async () => {
    expect(await setUpFederation(choosy, { clients: '7' })).toMatchObject({ settings: { clients: 7 } });
  });

  test('blames a setting when the build is out of range with it, and not without', async () => {
    const failing = setUpFederation(choosy, { clients: '10' });
    await expect(failing).rejects.toThrow(UsageError);
    await expect(failing).rejects.toMatchObject({ cause: { message: 'at most 9 clients' } });
  });

  test('passes a range error on when it is the federation’s own', async () => {
    for (const given of [{}, { clients: '7' }]) {
      const failing = setUpFederation(broken, given);
      await expect(failing).rejects.toThrow('Invalid array length');
      await expect(failing).rejects.not.toThrow(UsageError);
    }
  });
});
