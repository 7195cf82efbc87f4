import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeDisk } from '../disk/node-disk.js';
import { takeLock } from './lock-file.js';
import { formatOwner, processOwner } from './owner.js';

describe('takeLock', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'starling-lock-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const take = () => takeLock(nodeDisk, folder, processOwner());
  const plant = async (text: string, number = 1): Promise<void> => {
    const file = await nodeDisk.open(`${folder}/writer-${number}.lock`, 'write');
    await file.write(new TextEncoder().encode(text));
    await file.close();
  };

  test('`takeLock` refuses a second owner, names the first, and lets it in once that has released', async () => {
    const release = await take();
    await expect(take()).rejects.toMatchObject({
      code: 'store-locked',
      message: expect.stringContaining(`process ${process.pid} on `),
    });
    await release();
    const again = await take();
    expect(await readdir(folder)).toEqual(['writer-2.lock']);
    await again();
  });

  test('`takeLock` takes over from a process that was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const owner = { ...processOwner(), pid: child.pid!, began: '' };
    const held = takeLock(nodeDisk, folder, owner);
    await held;
    await expect(take()).rejects.toMatchObject({ code: 'store-locked' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await take())();
  });

  test('`takeLock` takes over from an earlier process of the same number', async () => {
    await plant(formatOwner({ ...processOwner(), began: 'another boot 17' }));
    await (await take())();
  });

  test('`takeLock` refuses when the owner is on another machine, and says which file to delete', async () => {
    await plant(formatOwner({ pid: 1, host: 'elsewhere', began: '' }), 7);
    await expect(take()).rejects.toMatchObject({
      code: 'store-locked',
      message: expect.stringMatching(/if it is gone for good, delete .*writer-7\.lock$/),
    });
  });

  test('`takeLock` takes over a lock that a crash of the machine left empty', async () => {
    await plant('');
    await (await take())();
  });

  test('`takeLock` lets in one of many who find a dead owner at once', async () => {
    for (let time = 0; time < 20; time++) {
      await plant(formatOwner({ ...processOwner(), began: 'another boot 17' }), 1000 * (time + 1));
      const takers = await Promise.allSettled(Array.from({ length: 8 }, take));
      const winners = takers.filter((taker) => taker.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      await winners[0]!.value();
    }
  });
});
