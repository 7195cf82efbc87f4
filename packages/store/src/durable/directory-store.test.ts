import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { storeContract } from '../contract.js';
import type { JournalEntry } from '../runs/journal-entry.js';
import { RUN, scriptedRun } from '../testing/scripted-run.js';
import { directoryStore } from './directory-store.js';
import { formatLine, parseLine } from './lines.js';

/** As JSON has it. */
type AnyEntry = Record<string, unknown>;

storeContract(
  'directory',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'starling-store-'));
    return {
      open: (retention) => directoryStore(directory, retention),
      remove: () => rm(directory, { recursive: true }),
    };
  },
  { manyRuns: false, isDurable: true },
);

describe('directoryStore', () => {
  // The first format said `refused` for `lost`, and did not say its number; a later one may say anything.
  test.each([
    ['an earlier', 1, ({ format: _, lost: refused, ...entry }: AnyEntry) => ({ ...entry, refused })],
    ['a later', 3, (entry: AnyEntry) => (entry['kind'] === 'started' ? { ...entry, format: 3 } : entry)],
  ] as const)('`directoryStore` reads no journal of %s version', async (which, format, changed) => {
    const directory = await mkdtemp(join(tmpdir(), 'starling-store-'));
    try {
      await scriptedRun(directoryStore(directory), 2);
      for (const name of ['journal.log', 'run.log']) {
        const lines = (await readFile(join(directory, name), 'utf8')).trimEnd().split('\n');
        const written = lines.map((text) => {
          const { number, entry } = parseLine(text)!;
          return `${formatLine({ number, entry: changed({ ...entry }) as unknown as JournalEntry })}\n`;
        });
        await writeFile(join(directory, name), written.join(''));
      }
      const before = await readFile(join(directory, 'journal.log'));
      const store = directoryStore(directory);
      const { list, read, journal, open } = store;
      for (const call of [list, () => read(RUN), () => journal(RUN), () => open(RUN)]) {
        await expect(call()).rejects.toMatchObject({
          code: 'store-format',
          message: expect.stringContaining(
            `need a journal of format 2, got ${format}, which ${which} version`,
          ),
        });
      }
      expect(await readFile(join(directory, 'journal.log'))).toEqual(before);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
