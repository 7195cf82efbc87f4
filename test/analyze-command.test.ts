// `starling analyze` as a process: a table, JSON, a page, and mistakes that name their place.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startStarling } from './support/starling.js';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'starling-analyze-')));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
writeFileSync(
  join(directory, 'weather.csv'),
  'station,celsius,sky\nnorth,21.5,sun\nnorth,22,rain\nsouth,30.25,sun\nsouth,,sun\nwest,19,fog\n',
);
const run = (...options: readonly string[]) => startStarling(['analyze', ...options], { directory }).finished;

describe('starling analyze', () => {
  test('prints what the table holds, within 80 columns, and writes a page that loads nothing', async () => {
    const { code, stdout, stderr } = await run(
      'weather.csv',
      '--client',
      'station',
      '--report',
      'weather.html',
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    // (21.5 + 22 + 30.25 + 19) / 4 = 23.1875; the second of four is at or above half of them.
    expect(stdout).toMatch(/celsius\s+20 %\s+23\.19\s+4\.233\s+19\s+21\.5\s+22/);
    expect(stdout).toMatch(/sky\s+0 %\s+3\s+sun 60 %, rain 20 %, fog 20 %/);
    const page = readFileSync(join(directory, 'weather.html'), 'utf8');
    expect(page).toContain('<title>weather · Starling</title>');
    expect(page).not.toMatch(/<script|<link|src=|https?:\/\//);
  });

  test('gives the same on threads and in process as JSON, and withholds below --min-clients', async () => {
    const options = ['weather.csv', '--client', 'station', '--json', '--min-clients', '2'];
    const [threads, inProcess] = await Promise.all([
      run(...options, '--runtime', 'threads'),
      run(...options, '--runtime', 'in-process'),
    ]);
    const [first, second] = [threads, inProcess].map(({ stdout }) => {
      const { wallMs: _, ...rest } = JSON.parse(stdout);
      return rest;
    });
    expect(first).toEqual(second);
    // Rain and fog are with one station each.
    expect(first.columns[1].values).toEqual({
      values: [{ value: 'sun', rows: 3, clients: 2 }],
      otherRows: 2,
      withheldValues: 2,
      notDecodedRows: 0,
    });
  });

  test('asks live clients, which hold the rows, and finds what is in the file', async () => {
    // On a client the file has the rows of its station, and on the server none; columns and names are on both.
    writeFileSync(
      join(directory, 'weather.ts'),
      `// weather.ts: the weather at three stations.
import { numberColumn, tablesOf, textColumn } from '@starling/population';

const rows = {
  north: [{ celsius: 21.5, sky: 'sun' }, { celsius: 22, sky: 'rain' }],
  south: [{ celsius: 30.25, sky: 'sun' }, { celsius: null, sky: 'sun' }],
  west: [{ celsius: 19, sky: 'fog' }],
};
export default tablesOf({
  name: 'weather',
  columns: { celsius: numberColumn(), sky: textColumn(5) },
  clients: Object.entries(rows).map(([id, own]) => ({ id, rows: id === process.env['STATION'] ? own : [] })),
});
`,
    );
    const analysis = startStarling(
      ['analyze', 'weather.ts', '--json', '--runtime', 'live', '--port', '0', '--min-clients', '2'],
      { directory },
    );
    const { url } = JSON.parse(await analysis.line((line) => line.includes('"listening"')));
    const stations = ['north', 'south', 'west'].map(
      (STATION) =>
        startStarling(['client', 'weather.ts', '--client', STATION, '--url', url], {
          directory,
          environment: { STATION },
        }).finished,
    );
    const { code, stdout, stderr } = await analysis.finished;
    expect([code, stderr]).toEqual([0, '']);
    for (const station of stations) expect((await station).code).toBe(0);
    const inProcess = await run('weather.csv', '--client', 'station', '--json', '--min-clients', '2');
    const [live, here] = [stdout, inProcess.stdout].map((text) => {
      const { wallMs: _, ...rest } = JSON.parse(text.trim().split('\n').at(-1) as string);
      return rest;
    });
    expect(live).toEqual(here);
    expect(live.rows).toBe(5);
    const file = await run('weather.csv', '--client', 'station', '--runtime', 'live');
    expect(file.code).toBe(2);
    expect(file.stderr).toContain('need a .ts or .js file that exports tables, which clients join by');
  }, 600_000);

  test('names file, line and column of what does not fit', async () => {
    writeFileSync(join(directory, 'odd.csv'), 'station,celsius\na,1\na,2\nb,3\nb,4\nb,warm\nb,5\n');
    const { code, stderr } = await run('odd.csv', '--client', 'station');
    expect(code).toBe(1);
    expect(stderr).toContain(
      "Cannot read odd.csv: line 6, column 'celsius' must be a number, as 5 other values are",
    );
  });
});
