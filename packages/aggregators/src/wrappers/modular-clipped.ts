// Modular clipping: integers are wrapped into a range before and after they are summed, as in a sum modulo the width of
// the range, so that a sum of many wraps around rather than overflows (distributed discrete Gaussian: Kairouz, Liu,
// Steinke, ICML 2021, section 4; `modular_clipping_factory` of TensorFlow Federated).
import { localComputation, type TensorStructure, tf } from '@starling/compute';
import { clientStartOf, federatedMap, startOf, stepOf, type Type } from '@starling/federated-core';
import { checkOptions, numberWithin, optionError, required } from '@starling/federated-core/plan';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { aggregationBy, aggregatorKind } from '../aggregator/aggregator-kind.js';
import { wrapperFacts } from '../aggregator/wrapper-facts.js';
import { mapStructure } from '../structures/structures.js';

export interface ModularClippedOptions {
  /** The least integer of the range. */
  readonly low: number;
  /** The first integer beyond the range: `high` − `low` values, at most 2³¹ − 1. */
  readonly high: number;
}

/** What float32 holds exactly: engines may divide integers there. */
const MOST = 2 ** 24;

/**
 * `inner` on updates of int32 whose elements x become `low` + ((x − `low`) mod (`high` − `low`)), and so does its
 * aggregate. Throws a `RangeError` unless `low` and `high` are whole numbers of a magnitude up to 2²⁴, `low` the less.
 */
export function modularClipped(inner: Aggregator, options: ModularClippedOptions): Aggregator {
  const action = 'Cannot clip updates modularly';
  aggregatorKind(action, 'the aggregator of wrapped updates', inner);
  const whole = required(numberWithin({ whole: true, from: -MOST, to: MOST }));
  checkOptions(action, options, { low: whole, high: whole });
  const { low, high } = options;
  if (low >= high) throw optionError(`${action}: low must be below high, got ${low} and ${high}`);
  const name = `modularly clipped ${inner.name}`;
  return {
    name,
    ...wrapperFacts(inner, { order: 'max', bound: Math.max(Math.abs(low), Math.abs(high - 1)) }),
    create(update) {
      const process = aggregationBy(inner, update);
      const wrap = wrapInto(update, low, high);
      return aggregationOf({
        name,
        update,
        start: () => startOf(process),
        startClient: clientStartOf(process),
        step: (before, { value, weight, clientState }) => {
          const wrapped = federatedMap(wrap, { value });
          const step = stepOf(process, before, { value: wrapped, weight, clientState });
          return { ...step, result: federatedMap(wrap, { value: step.result }) };
        },
      });
    },
  };
}

function wrapInto(update: Type, low: number, high: number) {
  const width = high - low;
  const first = ((low % width) + width) % width;
  // x mod width first, so that nothing overflows: the difference is then within ±width.
  const wrap = (x: tf.Tensor): tf.Tensor => {
    const [modulus, start] = [tf.scalar(width, 'int32'), tf.scalar(first, 'int32')];
    return tf.add(tf.mod(tf.sub(tf.mod(x, modulus), start), modulus), tf.scalar(low, 'int32'));
  };
  return localComputation(
    { value: update },
    (argument) => {
      const { value } = argument as { readonly value: TensorStructure };
      return mapStructure((tensor) => {
        if (tensor.dtype === 'int32') return wrap(tensor);
        throw optionError(`Cannot clip updates modularly: tensors must be int32, got ${tensor.dtype}`);
      }, value);
    },
    { name: 'wrap' },
  );
}
