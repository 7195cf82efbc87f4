import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeContract } from '../contract.js';
import { directoryStore } from './directory-store.js';

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
