import { expect, test } from 'vitest';
import { simulatedDisk } from '../disk/simulated-disk.js';
import { RUN, scriptedRun } from '../testing/scripted-run.js';
import { directoryStore } from './directory-store.js';
import { formatLine, type Line, parseLine } from './lines.js';

test('`directoryStore` verifies the copy of the entry that says who the run is', async () => {
  const disk = simulatedDisk();
  await scriptedRun(directoryStore('/run', { disk }), 2);
  const [path, journal] = ['/run/run.log', '/run/journal.log'];
  const verified = () => directoryStore('/run', { disk }).verify(RUN);
  const write = async (file: string, bytes: Uint8Array) => (await disk.open(file, 'write')).write(bytes);
  expect(await verified()).toEqual([]);
  const [copy, whole] = [disk.peek(path)!.slice(), disk.peek(journal)!.slice()];
  for (let bit = 0; bit < copy.length * 8; bit++) {
    await write(path, copy);
    disk.flipBit(path, bit);
    expect(await verified(), `bit ${bit}`).toEqual([{ where: path, reason: 'it is not as it was written' }]);
  }
  await disk.remove(path);
  expect(await verified()).toEqual([{ where: path, reason: 'the file is missing' }]);
  // A copy of an entry that the journal has otherwise, or no longer has.
  const other = parseLine(new TextDecoder().decode(copy).trimEnd())!;
  for (const [number, got] of [
    [0, 'another one'],
    [1000, 'none'],
  ] as const) {
    const entry = { ...other.entry, run: 'another' };
    await write(path, new TextEncoder().encode(`${formatLine({ number, entry } as Line)}\n`));
    const reason = `it is a copy of entry ${number}, and the journal has ${got}`;
    expect(await verified()).toEqual([{ where: path, reason }]);
  }
  // What is damaged in the journal is no fault of the copy.
  await write(path, copy);
  await write(journal, whole);
  disk.flipBit(journal, 0);
  expect((await verified()).map(({ where }) => where)).toEqual([`${journal}, line 1`]);
  // A start that is killed before it has written the copy leaves nothing that is damaged.
  let isDying = true;
  const killed = simulatedDisk({
    fault: (_call, file) => (isDying && file.includes('run.log') ? 'ENOSPC' : null),
  });
  const open = await directoryStore('/run', { disk: killed }).open(RUN);
  await expect(open.start({})).rejects.toMatchObject({ code: 'store-failed' });
  isDying = false;
  expect(await directoryStore('/run', { disk: killed }).verify(RUN)).toEqual([]);
});
