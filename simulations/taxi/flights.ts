// 20,000 flights of early 2001, which come with the npm package vega-datasets (US Bureau of Transportation Statistics;
// BSD-3-Clause): each airport is a client that keeps its departures. Which of them will be more than 15 minutes late?
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { tf } from '@starling/compute';
import { atLeast, atMost, gap, worst } from '@starling/learning';
import { noWorseThanBaseline } from '@starling/pipeline';
import { numberColumn, type Tables, tablesOf, textColumn } from '@starling/population';
import type { Question } from './question.js';

interface Flight {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

const LATE_MINUTES = 15;
/** Airports with fewer departures are left out. */
const LEAST_FLIGHTS = 20;
const PARTS = ['night', 'morning', 'afternoon', 'evening'] as const;

export const flightColumns = {
  hour: numberColumn('int32'),
  part: textColumn(9),
  distance: numberColumn('float32'),
  destination: textColumn(3),
  delay: numberColumn('int32'),
};

/** `threshold`: above which probability a flight is taken to be late. */
export function flights(threshold: number, month?: string): Question {
  return {
    tables: flightTables(month),
    description: 'Which departures of an airport will be more than 15 minutes late?',
    preprocess: ({ hour, part, distance, destination, delay }, analyze) => {
      const size = tf.log1p(distance as tf.Tensor);
      const parts = analyze.vocabulary(part as tf.Tensor, { top: PARTS.length });
      const to = analyze.vocabulary(destination as tf.Tensor, { top: 30, outOfVocabulary: 1 });
      const columns = [
        tf.expandDims(analyze.zScore(size), 1),
        tf.expandDims(analyze.zScore(hour as tf.Tensor), 1),
        tf.oneHot(parts as tf.Tensor1D, PARTS.length, 1, 0, 'float32'),
        tf.oneHot(analyze.bucketize(distance as tf.Tensor, 5) as tf.Tensor1D, 5, 1, 0, 'float32'),
        tf.oneHot(to as tf.Tensor1D, 31, 1, 0, 'float32'),
      ];
      return {
        x: tf.concat(columns, 1),
        y: tf.cast(tf.greater(delay as tf.Tensor, tf.scalar(LATE_MINUTES)), 'float32'),
      };
    },
    group: 'part',
    threshold,
    constraints: [
      // Limits follow from how many flights are late, not from a model: the README of this folder says how.
      atMost('loss', 0.52),
      atLeast(worst('accuracy', { by: 'part', at: threshold }), 0.5),
      atMost(gap('accuracy', { by: 'part', at: threshold }), 0.3),
      noWorseThanBaseline('loss', { absolute: 0.01 }),
    ],
    minClients: 10,
  };
}

/** Of one month, such as `2001/01`; of all three by default. */
function flightTables(month = '2001/0'): Tables {
  const folder = dirname(createRequire(import.meta.url).resolve('vega-datasets'));
  const all = JSON.parse(readFileSync(join(folder, '../data/flights-20k.json'), 'utf8')) as readonly Flight[];
  const byOrigin = new Map<string, Flight[]>();
  for (const flight of all) {
    const own = byOrigin.get(flight.origin) ?? [];
    own.push(flight);
    byOrigin.set(flight.origin, own);
  }
  const clients = [...byOrigin]
    .filter(([, own]) => own.length >= LEAST_FLIGHTS)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([id, own]) => ({ id, rows: own.filter(({ date }) => date.startsWith(month)).map(rowOf) }));
  return tablesOf({ name: 'flights', columns: flightColumns, clients });
}

function rowOf({ date, delay, distance, destination }: Flight) {
  const hour = Number(date.slice(11, 13));
  const part = PARTS[hour < 6 ? 0 : hour < 12 ? 1 : hour < 18 ? 2 : 3] as string;
  return { hour, part, distance, destination, delay };
}
