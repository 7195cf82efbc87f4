// Counts against a walk over the pooled rows.
import { numberColumn, textColumn } from '@starling/population';
import { statisticContract } from '../statistic/contract.js';
import { drawNumber, drawText, numbersOf } from '../testing/drawn.js';
import { counts } from './counts.js';

for (const format of ['float64', 'float32', 'int32'] as const) {
  const column = numberColumn(format);
  statisticContract(`counts of ${format}`, {
    make: (options) => counts(column, options),
    columns: [column],
    draw: (random) => drawNumber(random, format),
    expected: (rows) => {
      const numbers = numbersOf(rows);
      const where = (is: (value: number) => boolean): number => numbers.filter(is).length;
      return {
        rows: rows.length,
        missing: rows.length - numbers.length,
        nan: where(Number.isNaN),
        positiveInfinity: where((value) => value === Infinity),
        negativeInfinity: where((value) => value === -Infinity),
        zeros: where((value) => value === 0),
        bytes: 0,
      };
    },
    shown: ({ clients: _, ...rest }) => rest,
  });
}

const text = textColumn(12);
statisticContract('counts of text', {
  make: (options) => counts(text, options),
  columns: [text],
  draw: drawText,
  expected: (rows) => {
    const texts = rows.flatMap(([cell]) => (typeof cell === 'string' ? [cell] : []));
    const bytes = Buffer.byteLength(texts.join(''));
    const none = { nan: 0, positiveInfinity: 0, negativeInfinity: 0, zeros: 0 };
    return { rows: rows.length, missing: rows.length - texts.length, ...none, bytes };
  },
  shown: ({ clients: _, ...rest }) => rest,
});
