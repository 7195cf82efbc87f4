// What a number is, by its ordered bytes (see `writeNumber`): NaN, an infinity, zero, negative.
import { tf } from '@starling/compute';
import type { NumberColumn, NumberFormat } from '@starling/population';

/** The ordered bytes of a number of a column's format. */
export type OrderedBytes = readonly number[];

/** The second byte of what is infinite and of NaN. The first is 255; of −∞ both are turned, and all after. */
const SECOND: Readonly<
  Record<Exclude<NumberFormat, 'int32'>, { readonly infinity: number; readonly nan: number }>
> = {
  float64: { infinity: 0xf0, nan: 0xf8 },
  float32: { infinity: 0x80, nan: 0xc0 },
};

export interface NumberClasses {
  /** int32 [batch], 1 where it is one. */
  readonly nan: tf.Tensor1D;
  readonly positiveInfinity: tf.Tensor1D;
  readonly negativeInfinity: tf.Tensor1D;
  readonly zero: tf.Tensor1D;
}

export function numberClasses({ format }: NumberColumn, value: tf.Tensor2D): NumberClasses {
  const [batch, size] = value.shape;
  const equals = (bytes: OrderedBytes): tf.Tensor1D =>
    tf.cast(
      tf.all(tf.equal(value, tf.tensor2d([bytes as number[]], [1, size], 'int32')), 1),
      'int32',
    ) as tf.Tensor1D;
  const filled = (first: number, second: number, rest: number): OrderedBytes => [
    first,
    second,
    ...Array<number>(size - 2).fill(rest),
  ];
  const zero = equals(filled(0x80, 0, 0));
  if (format === 'int32') {
    const none = tf.zeros([batch], 'int32') as tf.Tensor1D;
    return { nan: none, positiveInfinity: none, negativeInfinity: none, zero };
  }
  const { infinity, nan } = SECOND[format];
  return {
    nan: equals(filled(0xff, nan, 0)),
    positiveInfinity: equals(filled(0xff, infinity, 0)),
    negativeInfinity: equals(filled(0, 0xff - infinity, 0xff)),
    zero,
  };
}
