// A store of many runs in a directory with an embedded database: `runs.db` has their journals, `states/<run>/` their
// last states, and `lock.db` is locked by the one process that writes.
import { existsSync } from 'node:fs';
import { checkOptions } from '@starling/federated-core/plan';
import type { Disk } from '../disk/disk.js';
import { nodeDisk } from '../disk/node-disk.js';
import { type DurableRun, openDurableRun, readRun, verifyRun } from '../durable/durable-run.js';
import type { Journal } from '../durable/journal.js';
import { formatLine, parseLines } from '../durable/lines.js';
import { refused } from '../durable/refused.js';
import { stateFiles } from '../durable/state-files.js';
import { checkRunName, retentionChecks, retentionOf } from '../runs/check-use.js';
import { StoreLockedError, StoreMisusedError } from '../runs/errors.js';
import { listedRun } from '../runs/listed-run.js';
import type { ListedRun, RetentionOptions, RunStore } from '../runs/run-store.js';
import { type Database, lockDatabase, openDatabase } from './database.js';

export interface SqlStoreOptions extends RetentionOptions {
  /** Where states are written; journals are in the database, on the disk of this machine. Default: there, too. */
  readonly disk?: Disk;
}

/** A store of many runs in `directory`, which is made by the first `open`. */
export function sqlStore(directory: string, options: SqlStoreOptions = {}): RunStore {
  const { disk = nodeDisk } = options;
  checkOptions('Cannot make a store in a database', options, { ...retentionChecks, disk: true });
  const retention = retentionOf(options);
  const path = `${directory}/runs.db`;
  const openRuns = new Set<string>();
  let database: Database | null = null;
  let lock: Database | null = null;

  /** `null` if there is none and none is to be made. */
  async function connected(make: boolean): Promise<Database | null> {
    if (database !== null || (!make && !existsSync(path))) return database;
    database = await refused(`open ${path}`, async () => openDatabase(path));
    return database;
  }
  async function names(): Promise<readonly string[]> {
    const found = await connected(false);
    if (found === null) return [];
    const rows = await refused(`read ${path}`, async () =>
      found.prepare('select run from lines group by run order by min(sequence)').all(),
    );
    return (rows as { readonly run: Uint8Array }[]).map(({ run }) => textOf(run));
  }
  const parts = async (run: string, found: Database): Promise<DurableRun> => ({
    run,
    where: `${directory}, run '${run}'`,
    journal: await refused(`read ${path}`, async () => tableJournal(found, run, path)),
    states: stateFiles(disk, `${directory}/states/${run}`),
  });
  async function known(run: string) {
    checkRunName(run);
    const database = await connected(false);
    const kept = database === null ? null : await parts(run, database);
    const found = kept === null ? null : await readRun(kept);
    const history = found?.history ?? null;
    if (kept !== null && found !== null && history !== null) {
      return { history, entries: found.entries, parts: kept };
    }
    throw new StoreMisusedError(`Cannot read run '${run}': ${directory} holds no such run`);
  }
  async function takeLock(): Promise<void> {
    if (lock !== null) return;
    lock = await refused(`lock ${directory}`, async () => lockDatabase(`${directory}/lock.db`));
    if (lock !== null) return;
    throw new StoreLockedError(
      `Cannot write to ${directory}: another process, or another store of this one, does`,
    );
  }

  return {
    name: directory,
    keep: retention.keep,
    async list() {
      const summaries: ListedRun[] = [];
      for (const run of await names()) {
        summaries.push(listedRun((await known(run)).history));
      }
      return summaries;
    },
    async open(run) {
      checkRunName(run);
      if (openRuns.has(run))
        throw new StoreLockedError(`Cannot open run '${run}': it is open in this process`);
      // Of the database, which is on this machine's disk whatever `disk` is.
      await refused(`open ${directory}`, () => nodeDisk.makeFolder(directory));
      await takeLock();
      const found = (await connected(true))!;
      await refused(`open ${directory}`, () => disk.makeFolder(`${directory}/states/${run}`));
      openRuns.add(run);
      const release = async (): Promise<void> => void openRuns.delete(run);
      try {
        return await openDurableRun(await parts(run, found), retention, release);
      } catch (error) {
        await release();
        throw error;
      }
    },
    read: async (run) => (await known(run)).history,
    journal: async (run) => (await known(run)).entries,
    async state(run, round) {
      const { history, parts } = await known(run);
      const mark = history.commits.find((commit) => commit.round === round)?.state ?? null;
      return mark === null ? null : parts.states.read(round, mark);
    },
    verify: async (run) => verifyRun((await known(run)).parts),
    async close() {
      database?.close();
      lock?.close();
      database = null;
      lock = null;
      openRuns.clear();
    },
  };
}

/** A journal in the table: a line a row, and a row a transaction. */
function tableJournal(database: Database, run: string, path: string): Journal {
  const key = bytesOf(run);
  const insert = database.prepare('insert or replace into lines (run, number, line) values (?, ?, ?)');
  return {
    async read() {
      const select = database.prepare('select line from lines where run = ? order by number');
      const rows = select.all([key]) as { readonly line: Uint8Array }[]; // alone it would be taken for named values
      return parseLines(
        rows.map(({ line }) => textOf(line)),
        `${path}, run '${run}'`,
      );
    },
    async append(line) {
      insert.run(key, line.number, bytesOf(formatLine(line)));
    },
    verifyCopies: async () => [],
    async close() {},
  };
}

/** Text is kept as blobs: see `openDatabase`. */
const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
