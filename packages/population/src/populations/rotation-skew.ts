// Turned images: each client sees all its images at one angle (Ghosh, Chung, Yin, Ramchandran, "An Efficient Framework
// for Clustered Federated Learning", NeurIPS 2020, section 6: rotated MNIST, four clusters by 90 degrees).
import type { Tensor } from '@starling/federated-core';
import { checkKind, checkNumber, checkOptions, optionError, required } from '@starling/federated-core/plan';
import { withNumbers } from './feature-values.js';
import type { FeatureSkew } from './skewed-population.js';

const ACTION = 'Cannot rotate images';

/**
 * Turns the images of client i by `degrees[i % degrees.length]`, counter-clockwise about their centre, with bilinear
 * interpolation; what comes from outside is 0. Images are [height, width] or [height, width, channels]. Turns by 90
 * degrees of square images move pixels and change none. Throws a `RangeError` for no angle or one that is not finite,
 * and for a feature of another rank when a client is loaded.
 */
export function rotationSkew(options: { readonly degrees: readonly number[] }): FeatureSkew {
  checkOptions(ACTION, options, {
    degrees: required((action, option, value) => {
      checkKind(action, option, value, {
        need: 'an array of at least one angle',
        fits: (given) => Array.isArray(given) && given.length > 0,
      });
      for (const [index, angle] of [...(value as readonly unknown[])].entries()) {
        checkNumber(action, `${option}[${index}]`, angle);
      }
    }),
  });
  const { degrees } = options;
  return {
    name: `rotation(${degrees.join(',')})`,
    apply: (column, { index }) => rotated(column, degrees[index % degrees.length] as number),
  };
}

function rotated(column: Tensor, degrees: number): Tensor {
  const [, height, width, channels = 1] = column.shape as readonly number[];
  if (height === undefined || width === undefined || column.shape.length > 4) {
    throw optionError(
      `${ACTION}: need images of rank 2 or 3, got a feature of rank ${column.shape.length - 1}`,
    );
  }
  const sources = sourcesOf(height, width, degrees);
  const data = column.data as ArrayLike<number>;
  const size = height * width;
  return withNumbers(ACTION, column, (place) => {
    const pixel = Math.floor(place / channels);
    const base = Math.floor(pixel / size) * size;
    let sum = 0;
    for (const [source, share] of sources[pixel % size] as Sources) {
      sum += share * (data[(base + source) * channels + (place % channels)] as number);
    }
    return sum;
  });
}

/** The pixels that one pixel is made of, with their shares. */
type Sources = readonly (readonly [pixel: number, share: number])[];

/** For each pixel of the turned image, where it comes from. */
function sourcesOf(height: number, width: number, degrees: number): readonly Sources[] {
  const angle = (degrees * Math.PI) / 180;
  // To a thousand-millionth, so that a right angle leads from pixel to pixel.
  const exact = (number: number): number => Math.round(number * 1e9) / 1e9;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const [middleRow, middleColumn] = [(height - 1) / 2, (width - 1) / 2];
  return Array.from({ length: height * width }, (_, pixel) => {
    const right = (pixel % width) - middleColumn;
    const up = middleRow - Math.floor(pixel / width);
    const column = exact(middleColumn + cosine * right + sine * up);
    const row = exact(middleRow + sine * right - cosine * up);
    const [top, left] = [Math.floor(row), Math.floor(column)];
    const [down, across] = [row - top, column - left];
    return (
      [
        [top, left, (1 - down) * (1 - across)],
        [top, left + 1, (1 - down) * across],
        [top + 1, left, down * (1 - across)],
        [top + 1, left + 1, down * across],
      ] as const
    ).flatMap(([y, x, share]) =>
      share > 0 && y >= 0 && y < height && x >= 0 && x < width ? [[y * width + x, share] as const] : [],
    );
  });
}
