// The journal of a directory, `journal.log`, and beside it `run.log`, a copy of the last entry that says who the run
// is: if the journal lost it, the copy stands in.
import { codeOf, type Disk, replaceFile } from '../disk/disk.js';
import type { Damage } from '../runs/run-store.js';
import { fileJournal } from './file-journal.js';
import type { Journal } from './journal.js';
import { formatLine, type Line, parseLine, type ReadLines } from './lines.js';

const JOURNAL = 'journal.log';
const HEAD = 'run.log';

export function journalWithHead(disk: Disk, directory: string): Journal {
  const journal = fileJournal(disk, directory, JOURNAL);
  const path = `${directory}/${HEAD}`;
  /** `undefined` if there is none, `null` if it is not as it was written. */
  async function head(): Promise<Line | null | undefined> {
    try {
      return parseLine(new TextDecoder().decode(await disk.read(path)).replace(/\n$/, ''));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
  return {
    ...journal,
    async read() {
      const { lines, damage } = await journal.read();
      if (lines.some(({ entry }) => entry.kind === 'started') || damage.length === 0)
        return { lines, damage };
      const copy = await head();
      if (copy == null) return { lines, damage };
      const [before, after] = [
        lines.filter(({ number }) => number < copy.number),
        lines.filter(({ number }) => number > copy.number),
      ];
      return { lines: [...before, copy, ...after], damage };
    },
    async append(line) {
      await journal.append(line);
      if (line.entry.kind !== 'started') return;
      await replaceFile(disk, directory, HEAD, new TextEncoder().encode(`${formatLine(line)}\n`));
    },
    async verifyCopies() {
      const copy = await head(); // before the journal, to which a writer appends first
      const reason = whatIsWrong(copy, await journal.read());
      return reason === null ? [] : [{ where: path, reason } satisfies Damage];
    },
  };
}

function whatIsWrong(copy: Line | null | undefined, { lines, damage }: ReadLines): string | null {
  if (copy === null) return 'it is not as it was written';
  if (copy === undefined) {
    // A start that was killed before it wrote the copy has nothing after it but other starts.
    return lines.some(({ entry }) => entry.kind !== 'started') ? 'the file is missing' : null;
  }
  const original = lines.find(({ number }) => number === copy.number);
  if (original === undefined && damage.length > 0) return null; // it stands in for a line that is damaged
  if (original !== undefined && formatLine(original) === formatLine(copy)) return null;
  return `it is a copy of entry ${copy.number}, and the journal has ${original === undefined ? 'none' : 'another one'}`;
}
