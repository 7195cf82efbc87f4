// A journal in a file: lines are appended and synced. After the disk has refused once, the file's end is not known, nor
// whether a later sync would speak for earlier bytes (Rebello et al., "Can Applications Recover from fsync Failures?",
// ATC 2020); so the next line is written with all that came before into a new file, which replaces it.
import { codeOf, type Disk, type DiskFile, replaceFile, writeAll } from '../disk/disk.js';
import type { Journal } from './journal.js';
import { formatLine, type Line, parseLine, parseLines, type ReadLines } from './lines.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** In the file `name` of `folder`, which is there; the file need not be. */
export function fileJournal(disk: Disk, folder: string, name: string): Journal {
  const path = `${folder}/${name}`;
  let file: DiskFile | null = null;
  /** Whether the file is new to this process, or the disk refused: then it is replaced, not continued. */
  let isUncertain = true;

  async function wholeLines(): Promise<ReadLines> {
    try {
      const texts = decoder.decode(await disk.read(path)).split('\n');
      // Empty, unless a crash cut the line short: no damage, as then nobody was told that it is there.
      const last = texts.pop()!;
      const whole = [last, last.slice(0, -1)].find((text) => parseLine(text) !== null);
      return parseLines(whole === undefined ? texts : [...texts, whole], path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { lines: [], damage: [] };
      throw error;
    }
  }
  async function letGo(): Promise<void> {
    const open = file;
    file = null;
    await open?.close();
  }

  return {
    read: wholeLines,
    async append(line) {
      if (isUncertain) {
        await letGo();
        const { lines } = await wholeLines();
        const kept = lines.filter(({ number }) => number < line.number);
        await replaceFile(disk, folder, name, textOf([...kept, line]));
        file = await disk.open(path, 'append');
        isUncertain = false;
        return;
      }
      try {
        await writeAll(file!, textOf([line]));
        await file!.sync();
      } catch (error) {
        isUncertain = true;
        throw error;
      }
    },
    verifyCopies: async () => [],
    close: letGo,
  };
}

function textOf(lines: readonly Line[]): Uint8Array {
  return encoder.encode(lines.map((line) => `${formatLine(line)}\n`).join(''));
}
