import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import taxi from './main.js';

const folder = mkdtempSync(join(tmpdir(), 'taxi-'));
afterAll(() => rmSync(folder, { recursive: true }));
const build = (settings: Readonly<Record<string, unknown>>) => taxi.build(taxi.options.parse(settings));

describe('taxi', () => {
  test('has flights by airport, of one month if it is told to', async () => {
    const { examples, nodes } = await build({});
    const january = await build({ month: '2001/01' });
    // Airports with at least 20 of the 20,000 flights, counted by a script of its own.
    expect(examples.population.size).toBe(102);
    expect(january.examples.population.size).toBe(102);
    expect(january.examples.span).toBe('2001/01');
    const rows = (one: typeof examples) => one.splits.train.rowCount(0) + one.splits.eval.rowCount(0);
    expect(rows(january.examples)).toBeLessThan(rows(examples));
    expect(nodes.map(({ component }) => component).at(-1)).toBe('Pusher');
  });

  test('takes the trips of the original, by company', async () => {
    const path = join(folder, 'data.csv');
    const header =
      'company,trip_miles,fare,trip_seconds,payment_type,tips,trip_start_hour,pickup_census_tract';
    const trips = [
      'Yellow,1.5,8,300,Cash,0,9,',
      'Yellow,2,9.5,420,Credit Card,2,10,',
      'Blue,0.5,5,120,Cash,0,23,',
    ];
    writeFileSync(path, `${header}\n${trips.join('\n')}\n`);
    const { examples } = await build({ data: path });
    expect(Object.keys(examples.columns)).toEqual([
      'trip_miles',
      'fare',
      'trip_seconds',
      'payment_type',
      'tips',
      'trip_start_hour',
    ]);
    expect(examples.population.size).toBe(2);
    expect([0, 1].map((client) => examples.population.clientId(client)).sort()).toEqual(['Blue', 'Yellow']);
  });
});
