// A store of one run in a directory: `journal.log`, which has its entries, `round-00000012.safetensors` for its last
// states, and `run.log`, a second copy of the entry that says who the run is.
import { checkOptions } from '@starling/federated-core/plan';
import type { Disk } from '../disk/disk.js';
import { nodeDisk } from '../disk/node-disk.js';
import { checkRunName, retentionChecks, retentionOf } from '../runs/check-use.js';
import { StoreMisusedError } from '../runs/errors.js';
import { listedRun } from '../runs/listed-run.js';
import type { OpenRun, RetentionOptions, RunStore } from '../runs/run-store.js';
import { type DurableRun, openDurableRun, readRun, verifyRun } from './durable-run.js';
import { journalWithHead } from './journal-with-head.js';
import { takeLock } from './lock-file.js';
import { type Owner, processOwner } from './owner.js';
import { refused } from './refused.js';
import { stateFiles } from './state-files.js';

export interface DirectoryStoreOptions extends RetentionOptions {
  /** Default: the disk of this machine. */
  readonly disk?: Disk;
  /** Who writes. Default: this process. */
  readonly owner?: Owner;
}

/** A store of one run in `directory`, which is made by the first `open`. */
export function directoryStore(directory: string, options: DirectoryStoreOptions = {}): RunStore {
  const { disk = nodeDisk, owner = processOwner() } = options;
  checkOptions('Cannot make a store in a directory', options, {
    ...retentionChecks,
    disk: true,
    owner: true,
  });
  const retention = retentionOf(options);
  const parts = (run: string): DurableRun => ({
    run,
    where: directory,
    journal: journalWithHead(disk, directory),
    states: stateFiles(disk, directory),
  });
  const found = async () => (await readRun(parts(''))).history;
  async function known(run: string) {
    const { history, entries } = await readRun(parts(''));
    if (history?.run === run) return { history, entries };
    const got = history === null ? 'none' : `'${history.run}'`;
    throw new StoreMisusedError(`Cannot read run '${run}': ${directory} holds ${got}`);
  }

  return {
    name: directory,
    keep: retention.keep,
    async list() {
      const history = await found();
      return history === null ? [] : [listedRun(history)];
    },
    async open(run): Promise<OpenRun> {
      checkRunName(run);
      const release = await refused(`open ${directory}`, async () => {
        await disk.makeFolder(directory);
        return takeLock(disk, directory, owner);
      });
      try {
        const open = await openDurableRun(parts(run), retention, release);
        const holds = open.found?.history.run ?? run;
        if (holds === run) return open;
        throw new StoreMisusedError(
          `Cannot open run '${run}': ${directory} holds run '${holds}', and can hold no other`,
        );
      } catch (error) {
        await release();
        throw error;
      }
    },
    read: async (run) => (await known(run)).history,
    journal: async (run) => (await known(run)).entries,
    async state(run, round) {
      const mark = (await known(run)).history.commits.find((commit) => commit.round === round)?.state ?? null;
      return mark === null ? null : parts(run).states.read(round, mark);
    },
    async verify(run) {
      await known(run);
      return verifyRun(parts(run));
    },
    async close() {},
  };
}
