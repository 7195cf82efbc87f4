// Elements of the sorted rows by their rank, exactly and from sums alone: a descent through the bytes of numbers. In
// each round trip the server says how each element begins, as far as it knows; a client counts, of its rows that begin
// so, how many have each next byte; and the byte at which the counts reach the rank is the element's. Four round trips
// find any of the 2^32 numbers of four bytes, eight any float64. The first is the same for all elements.
import { localComputation, tf } from '@starling/compute';
import {
  type ClientsValue,
  federatedBroadcast,
  federatedMap,
  field,
  int32,
  type LocalComputation,
  type SymbolicValue,
} from '@starling/federated-core';
import { cellBytes, columnData, type NumberColumn } from '@starling/population';
import { foldValues, sumMapped, sumOfColumn } from '../values/fold-values.js';
import { numberClasses } from '../values/number-classes.js';
import { wordsOf } from '../values/ordered-edges.js';
import type { Fraction } from './ranks.js';

const BYTES = 256;

/** Which element is asked for. */
export interface RankRule {
  readonly fraction: Fraction;
  /**
   * `reached`: the first element that at least the fraction is at or below. `passed`: the first that more is below.
   * `floor` and `ceil`: those on either side of the fraction of the way from the first element to the last.
   */
  readonly rule: 'reached' | 'passed' | 'floor' | 'ceil';
}

/**
 * A record at the server: `elements`, int32 [ranks, bytes], the ordered bytes of each; `count`, rows that are a number
 * (no NaN); and `clients`. Of no rows the elements say nothing.
 */
export function descend(
  column: NumberColumn,
  ranks: readonly RankRule[],
  data: ClientsValue,
): Readonly<Record<'elements' | 'count' | 'clients', SymbolicValue>> {
  const size = cellBytes(column);
  const first = sumOfColumn('count first bytes', column, data, (own) => ({
    counts: foldValues(own, tf.zeros([BYTES, 1], 'int32'), (state: tf.Tensor, { value, rows }) => {
      const { nan } = numberClasses(column, value);
      const counted = tf.mul(rows, tf.sub(tf.scalar(1, 'int32'), nan));
      return tf.add(state, tf.scatterND(byteAt(value, 0), tf.reshape(counted, [-1, 1]), [BYTES, 1]));
    }),
  }));
  const counts = at(first, 'counts');
  let state = map(startOf(ranks, size), { counts });
  for (let byte = 1; byte < size; byte++) {
    const prefix = federatedBroadcast(at(state, 'prefix') as never);
    const next = sumOfNext(column, data, { prefix: prefix as never, byte, ranks: ranks.length });
    state = map(stepTo(byte, ranks.length, size), {
      counts: at(next, 'counts'),
      prefix: at(state, 'prefix'),
      ranks: at(state, 'ranks'),
    });
  }
  return { elements: at(state, 'prefix'), count: map(total, { counts }), clients: at(first, 'clients') };
}

/** Counts of the byte at `byte` among rows that begin as each prefix, int32 [256, ranks]. */
function sumOfNext(
  column: NumberColumn,
  data: ClientsValue,
  { prefix, byte, ranks }: { readonly prefix: ClientsValue; readonly byte: number; readonly ranks: number },
): SymbolicValue {
  const size = cellBytes(column);
  const work = localComputation(
    { data: columnData(column), prefix: int32(ranks, size) },
    (argument) => {
      const own = (argument as unknown as { data: never }).data;
      const wanted = wordsOf((argument as unknown as { prefix: tf.Tensor }).prefix, byte);
      const words = wanted.shape[1];
      const counts = foldValues(
        own,
        tf.zeros([BYTES, ranks], 'int32'),
        (state: tf.Tensor, { value, rows }) => {
          const begin = wordsOf(value, byte);
          let same: tf.Tensor = tf.onesLike(tf.zeros([value.shape[0], ranks], 'bool'));
          for (let word = 0; word * 3 < byte && word < words; word++) {
            const ownWord = tf.slice(begin, [0, word], [value.shape[0], 1]);
            const wantedWord = tf.reshape(tf.slice(wanted, [0, word], [ranks, 1]), [1, ranks]);
            const isSame = tf.equal(ownWord, wantedWord);
            same = word === 0 ? isSame : tf.logicalAnd(same, isSame);
          }
          const { nan } = numberClasses(column, value);
          const counted = tf.mul(rows, tf.sub(tf.scalar(1, 'int32'), nan));
          const updates = tf.mul(tf.cast(same, 'int32'), tf.reshape(counted, [-1, 1]));
          return tf.add(state, tf.scatterND(byteAt(value, byte), updates, [BYTES, ranks]));
        },
      );
      return { counts };
    },
    { name: `count bytes ${byte}` },
  );
  return sumMapped(work as LocalComputation, { data, prefix });
}

/** int32 [batch, 1]. */
function byteAt(value: tf.Tensor2D, byte: number): tf.Tensor {
  return tf.slice(value, [0, byte], [value.shape[0], 1]);
}

const at = (record: SymbolicValue, name: string): SymbolicValue =>
  field(record as never, name as never) as never;

function map(work: LocalComputation, values: Readonly<Record<string, SymbolicValue>>): SymbolicValue {
  return federatedMap(work as never, values as never) as unknown as SymbolicValue;
}

const total = localComputation({ counts: int32(BYTES, 1) }, ({ counts }) => tf.sum(counts), {
  name: 'rows',
}) as LocalComputation;

/** The first byte of each element, and its rank among the rows that begin with it. */
function startOf(rules: readonly RankRule[], size: number): LocalComputation {
  return localComputation(
    { counts: int32(BYTES, 1) },
    ({ counts }) => {
      const ranks = tf.stack(rules.map((rule) => rankIn(tf.sum(counts), rule)));
      const prefix = tf.zeros([rules.length, size], 'int32');
      return found({ counts: tf.tile(counts, [1, rules.length]), prefix, ranks, byte: 0 });
    },
    { name: 'first bytes' },
  ) as LocalComputation;
}

function stepTo(byte: number, ranks: number, size: number): LocalComputation {
  return localComputation(
    { counts: int32(BYTES, ranks), prefix: int32(ranks, size), ranks: int32(ranks) },
    (given) => found({ ...given, byte }),
    { name: `byte ${byte}` },
  ) as LocalComputation;
}

interface Descent {
  /** int32 [256, ranks]. */
  readonly counts: tf.Tensor;
  /** int32 [ranks, size]. */
  readonly prefix: tf.Tensor;
  /** int32 [ranks]: among the rows that begin so. */
  readonly ranks: tf.Tensor;
  readonly byte: number;
}

/** With the byte at which the counts pass each rank. Counts are below 2^31, of which float32 would lose digits. */
function found({ counts, prefix, ranks, byte }: Descent): Readonly<Record<'prefix' | 'ranks', tf.Tensor>> {
  const [count, size] = prefix.shape as [number, number];
  const upTo = runningSums(counts);
  const isBelow = tf.cast(tf.lessEqual(upTo, tf.reshape(ranks, [1, count])), 'int32');
  const next = tf.minimum(tf.sum(isBelow, 0), tf.scalar(BYTES - 1, 'int32'));
  const before = tf.sum(tf.mul(counts, isBelow), 0);
  const place = tf.tensor2d(
    [Array.from({ length: size }, (_, index) => (index === byte ? 1 : 0))],
    [1, size],
    'int32',
  );
  return {
    prefix: tf.add(prefix, tf.mul(tf.reshape(next, [count, 1]), place)),
    ranks: tf.sub(ranks, before),
  };
}

/** Running sums of int32 down the first axis, in eight doublings. */
function runningSums(counts: tf.Tensor): tf.Tensor {
  const [length, width] = counts.shape as [number, number];
  let sums = counts;
  for (let by = 1; by < length; by *= 2) {
    const shifted = tf.pad(tf.slice(sums, [0, 0], [length - by, width]), [
      [by, 0],
      [0, 0],
    ]);
    sums = tf.add(sums, shifted);
  }
  return sums;
}

/** The rank of an element among `count`, from 0, in int32 that does not overflow. */
function rankIn(count: tf.Tensor, { fraction, rule }: RankRule): tf.Tensor {
  const int = (value: number): tf.Tensor => tf.scalar(value, 'int32');
  const { numerator, denominator } = fraction;
  const steps = rule === 'floor' || rule === 'ceil' ? tf.maximum(tf.sub(count, int(1)), int(0)) : count;
  const whole = tf.floorDiv(steps, int(denominator));
  const rest = tf.mul(tf.mod(steps, int(denominator)), int(numerator));
  const down = tf.floorDiv(rest, int(denominator));
  const up = tf.floorDiv(tf.add(rest, int(denominator - 1)), int(denominator));
  const from = tf.mul(whole, int(numerator));
  const last = tf.maximum(tf.sub(count, int(1)), int(0));
  const rank = {
    reached: () => tf.sub(tf.add(from, up), int(1)),
    passed: () => tf.add(from, down),
    floor: () => tf.add(from, down),
    ceil: () => tf.add(from, up),
  }[rule]();
  return tf.minimum(tf.maximum(rank, int(0)), last);
}
