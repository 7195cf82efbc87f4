// What the store asks of its database: that a process which dies inside a transaction leaves neither half of it nor a
// lock.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDatabase, openDatabase } from './database.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'starling-database-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A process that runs `script` with libsql as `Libsql`, prints a line when it is done, and waits to be killed. */
async function hanging(script: string) {
  const text = `const Libsql = require('libsql'); ${script}; console.log('there'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', text], { cwd: import.meta.dirname });
  await once(child.stdout, 'data');
  return async (): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
}

test('`openDatabase` opens again, without the half transaction, when a process was killed inside of it', async () => {
  const path = join(folder, 'runs.db');
  const before = openDatabase(path);
  before.exec("insert into lines (run, number, line) values (x'61', 0, x'00')");
  before.close();
  for (let time = 0; time < 3; time++) {
    const kill = await hanging(
      `const database = new Libsql(${JSON.stringify(path)}); database.exec('begin immediate');
       database.exec("insert into lines (run, number, line) values (x'61', 1, zeroblob(5000000))")`,
    );
    await kill();
    const after = openDatabase(path);
    expect(after.prepare('select count(*) as count from lines').all()).toMatchObject([{ count: 1 }]);
    after.exec("insert into lines (run, number, line) values (x'61', 1, x'01')");
    after.exec('delete from lines where number = 1');
    after.close();
  }
});

test('`lockDatabase` gives the lock to nobody while its process lives, and to the next once that is killed', async () => {
  const path = join(folder, 'lock.db');
  const kill = await hanging(
    `const database = new Libsql(${JSON.stringify(path)}); database.exec('begin exclusive')`,
  );
  expect(lockDatabase(path)).toBeNull();
  await kill();
  const lock = lockDatabase(path);
  expect(lock).not.toBeNull();
  expect(lockDatabase(path)).toBeNull();
  lock!.close();
  lockDatabase(path)!.close();
});
