// Three million flights of early 2001 (US Bureau of Transportation Statistics), the Parquet file that comes with the
// npm package vega-datasets (BSD-3-Clause): each airport is a client that keeps its departures.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readParquet } from '@starling/data';
import { float32, int32, seedFrom, struct } from '@starling/federated-core';
import type { ClientData, TrainTest } from '@starling/population';

const MS_AN_HOUR = 3_600_000;
const LATE_MINUTES = 15;
/** The first day of 1970 was a Thursday; weeks begin on Monday here. */
const THURSDAY = 3;

const fields = { hour: int32(), weekday: int32(), distance: float32(), y: int32() };

/** Hour (0 to 23) and weekday (0: Monday) of the departure, miles to fly, and whether it was over 15 minutes late. */
export const departure = struct(fields);

/** The airports' flights to train on, and a fiftieth of each airport's to test on. */
export async function departures(seed: number): Promise<TrainTest> {
  const folder = dirname(createRequire(import.meta.url).resolve('vega-datasets'));
  const all = await readParquet(join(folder, '../data/flights-3m.parquet'), {
    client: 'origin',
    columns: ['date', 'delay', 'distance'],
  });
  const { train, test } = all.splitRows({ testShare: 0.02, seed: seedFrom(seed) });
  return { train: examples(train), test: examples(test) };
}

const examples = (flights: ClientData): ClientData =>
  flights.map(fields, ({ date, delay, distance }) => {
    const hours = Math.floor(date / MS_AN_HOUR);
    return {
      hour: hours % 24,
      weekday: (Math.floor(hours / 24) + THURSDAY) % 7,
      distance,
      y: delay > LATE_MINUTES ? 1 : 0,
    };
  });
