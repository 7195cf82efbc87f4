import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RECORD_FILE, readRecord, recordText } from './record-file.js';
import type { RecordLine } from './record-line.js';

describe('readRecord', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'starling-record-'));
  });
  afterEach(() => rm(directory, { recursive: true }));
  const write = (text: string): Promise<void> => writeFile(join(directory, RECORD_FILE), text);

  const line: RecordLine = {
    type: 'round',
    round: 1,
    metrics: { loss: 0.5, of: { digits: 2 } },
    cohort: 1,
    accepted: 1,
    rejected: 0,
    dropped: 0,
    lost: [],
    wallMs: 1,
  };

  test('`readRecord` leaves out a last line that is cut short, wherever it is cut', async () => {
    const text = recordText([line]);
    // One of the cuts is behind the inner brace, `…"of":{"digits":2}`.
    for (let end = 0; end < text.length - 2; end++) {
      await write(text + text.slice(0, end));
      expect(await readRecord(directory)).toEqual([line]);
    }
  });

  test('`readRecord` takes rows of metrics without a type as lines of earlier rounds', async () => {
    await write('{"round":1,"metrics":{"loss":0.5},"wallMs":3}\n{"round":2,"metrics":0.25}\n{"other":3}\n');
    expect(await readRecord(directory)).toEqual([
      { type: 'earlier-round', round: 1, metrics: { loss: 0.5 }, wallMs: 3 },
      { type: 'earlier-round', round: 2, metrics: { value: 0.25 }, wallMs: 0 },
    ]);
  });

  test('`readRecord` gives null where there is no record, and none of an empty one', async () => {
    expect(await readRecord(join(directory, 'absent'))).toBeNull();
    expect(await readRecord(directory)).toBeNull();
    await write('');
    expect(await readRecord(directory)).toEqual([]);
  });

  test('`readRecord` says which file it cannot read', async () => {
    await mkdir(join(directory, RECORD_FILE));
    await expect(readRecord(directory)).rejects.toThrow(`Cannot read ${join(directory, RECORD_FILE)}`);
  });
});
