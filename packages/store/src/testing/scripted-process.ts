// A process that commits rounds to a store on the disk of this machine until it is killed:
// `node scripted-process.js sql|directory FOLDER ROUNDS`. It prints a line for each round that counts.
import { directoryStore } from '../durable/directory-store.js';
import { sqlStore } from '../sql/sql-store.js';
import { scriptedRun } from './scripted-run.js';

const [kind, folder, rounds] = process.argv.slice(2);
const store = kind === 'sql' ? sqlStore(folder!) : directoryStore(folder!);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const { error, committed } = await scriptedRun(store, Number(rounds), {
  onCommit: (round) => print(`${round}`),
});
await store.close();
print(error === null ? `done ${committed}` : `error ${String(error)}`);
