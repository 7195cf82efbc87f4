import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeContract } from '../contract.js';
import { sqlStore } from './sql-store.js';

storeContract(
  'sql',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'starling-store-'));
    return {
      open: (retention) => sqlStore(directory, retention),
      remove: () => rm(directory, { recursive: true }),
    };
  },
  { manyRuns: true, isDurable: true },
);
