// The float64 reference of matrix products, convolutions, pools and resizing, by their definitions as sums over
// windows.
import type { Kernel } from '../../graph/kernels.js';
import {
  at,
  filled,
  inputOf,
  listOf,
  positions,
  type Reference,
  type ReferenceCall,
  shapeOf,
  summed,
  type Values,
  wrap,
} from './values.js';

type Place = readonly number[];

const matMul: Reference = (call) => {
  const [a, b] = [inputOf(call, 'a'), inputOf(call, 'b')];
  const { transposeA, transposeB } = call.attributes;
  const inner = a.shape.at(transposeA === true ? -2 : -1) as number;
  const termsAt = (position: Place): readonly number[] => {
    const batch = position.slice(0, -2);
    const [row, column] = position.slice(-2) as [number, number];
    return Array.from({ length: inner }, (_, k) => {
      const left = at(a, [...batch, ...(transposeA === true ? [k, row] : [row, k])]);
      const right = at(b, [...batch, ...(transposeB === true ? [column, k] : [k, column])]);
      return a.dtype === 'int32' ? wrap(BigInt(left) * BigInt(right)) : left * right;
    });
  };
  const product = summed(shapeOf(call), termsAt);
  return [a.dtype === 'int32' ? { data: product.data.map((sum) => wrap(BigInt(sum))) } : product];
};

/** Where windows lie over an image: the rows, or columns, of the input that a tap of a window sees. */
interface Along {
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly size: number;
}

/** TensorFlow's padding: 'same' gives ⌈size / stride⌉ windows, with the larger half of what is missing at the end. */
function along(
  size: number,
  taps: number,
  stride: number,
  dilation: number,
  pad: unknown,
  axis: 0 | 1,
): Along {
  const reach = (taps - 1) * dilation + 1;
  const missing = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
  const explicit =
    typeof pad === 'number' ? pad : Array.isArray(pad) ? Number((pad[axis + 1] as number[])[0]) : 0;
  return { taps, stride, dilation, size, before: pad === 'same' ? Math.floor(missing / 2) : explicit };
}

const pairOf = (call: ReferenceCall, name: string): readonly [number, number] => {
  const [first = 1, second = first] = call.attributes[name] === undefined ? [] : listOf(call, name);
  return [first, second];
};

function windows(call: ReferenceCall, image: Place, taps: readonly number[]): readonly [Along, Along] {
  const [strides, dilations] = [pairOf(call, 'strides'), pairOf(call, 'dilations')];
  const { pad } = call.attributes;
  return [
    along(image[1] as number, taps[0] as number, strides[0], dilations[0], pad, 0),
    along(image[2] as number, taps[1] as number, strides[1], dilations[1], pad, 1),
  ];
}

/** The input's place that a tap of the window at `out` sees, or −1 in the padding. */
function seen({ stride, dilation, before, size }: Along, out: number, tap: number): number {
  const place = out * stride + tap * dilation - before;
  return place >= 0 && place < size ? place : -1;
}

/** Each tap of the window at a place of the output, with the row and column that it sees inside of the image. */
function* tapsAt(
  [rows, columns]: readonly [Along, Along],
  row: number,
  column: number,
): Generator<[number, number, number, number]> {
  for (let i = 0; i < rows.taps; i++) {
    for (let j = 0; j < columns.taps; j++) {
      const [y, x] = [seen(rows, row, i), seen(columns, column, j)];
      if (y >= 0 && x >= 0) yield [i, j, y, x];
    }
  }
}

/** All products that a convolution adds up: the places of the image, the filter and the output. */
function* products(
  geometry: readonly [Along, Along],
  output: Place,
  filter: Place,
  depthwise: boolean,
): Generator<{ readonly image: Place; readonly filter: Place; readonly output: Place }> {
  const [, , inChannels, last] = filter as [number, number, number, number];
  for (const [n, row, column] of positions(output.slice(0, 3)) as Iterable<[number, number, number]>) {
    for (const [i, j, y, x] of tapsAt(geometry, row, column)) {
      for (let c = 0; c < inChannels; c++) {
        for (let o = 0; o < last; o++) {
          const channel = depthwise ? c * last + o : o;
          yield { image: [n, y, x, c], filter: [i, j, c, o], output: [n, row, column, channel] };
        }
      }
    }
  }
}

type Role = 'image' | 'filter' | 'output';

/** One of the three from the other two: every product is added where `result` has its place. */
const convolution =
  (
    result: Role,
    [nameA, roleA]: readonly [string, Role],
    [nameB, roleB]: readonly [string, Role],
    depthwise: boolean,
  ): Reference =>
  (call) => {
    const [a, b] = [inputOf(call, nameA), inputOf(call, nameB)];
    const shapes = { [roleA]: a.shape, [roleB]: b.shape, [result]: shapeOf(call) } as Record<Role, Place>;
    const geometry = windows(call, shapes.image, shapes.filter);
    const terms: Values = {
      dtype: 'float32',
      shape: shapeOf(call),
      data: new Float64Array(shapeOf(call).reduce((p, s) => p * s, 1)),
    };
    const magnitudes = new Float64Array(terms.data.length);
    for (const product of products(geometry, shapes.output, shapes.filter, depthwise)) {
      const value = at(a, product[roleA]) * at(b, product[roleB]);
      const offset = product[result].reduce(
        (sum, place, axis) => sum * (terms.shape[axis] as number) + place,
        0,
      );
      terms.data[offset] = (terms.data[offset] as number) + value;
      magnitudes[offset] = (magnitudes[offset] as number) + Math.abs(value);
    }
    return [{ data: terms.data, terms: magnitudes }];
  };

const convolutionsOf = (depthwise: boolean) =>
  ({
    forward: convolution('output', ['x', 'image'], ['filter', 'filter'], depthwise),
    filter: convolution('filter', ['x', 'image'], ['dy', 'output'], depthwise),
    image: convolution('image', ['dy', 'output'], ['filter', 'filter'], depthwise),
  }) as const;

const [dense, depthwise] = [convolutionsOf(false), convolutionsOf(true)];

/** The elements of the image that the window at a place sees. */
function windowOf(
  call: ReferenceCall,
  image: Values,
  [n, row, column, c]: Place,
): readonly { place: Place; value: number }[] {
  const geometry = windows(call, image.shape, pairOf(call, 'filterSize'));
  return [...tapsAt(geometry, row as number, column as number)].map(([, , y, x]) => {
    const place = [n as number, y, x, c as number];
    return { place, value: at(image, place) };
  });
}

/** Of a pool's gradient: each output's share of `dy` for the elements of its window. */
const poolGradient =
  (
    sharesOf: (window: readonly { place: Place; value: number }[], call: ReferenceCall) => readonly number[],
  ): Reference =>
  (call) => {
    const [dy, image] = [inputOf(call, 'dy'), inputOf(call, 'input')];
    const size = image.data.length;
    const [data, terms] = [new Float64Array(size), new Float64Array(size)];
    for (const position of positions(dy.shape)) {
      const window = windowOf(call, image, position);
      const shares = sharesOf(window, call);
      for (const [index, { place }] of window.entries()) {
        const offset = place.reduce((sum, each, axis) => sum * (image.shape[axis] as number) + each, 0);
        const share = (shares[index] as number) === 0 ? 0 : at(dy, position) * (shares[index] as number);
        data[offset] = (data[offset] as number) + share;
        terms[offset] = (terms[offset] as number) + Math.abs(share);
      }
    }
    return [{ data, terms }];
  };

/** The whole share for the first of the largest. */
const sharesOfLargest = (window: readonly { value: number }[]): readonly number[] => {
  const values = window.map(({ value }) => value);
  const first = values.indexOf(Math.max(...values));
  return values.map((_, index) => Number(index === first));
};

/** Equal shares of the whole window, also if it hangs over the edge. */
const equalShares = (window: readonly unknown[], call: ReferenceCall): readonly number[] => {
  const [height, width] = pairOf(call, 'filterSize');
  return window.map(() => 1 / (height * width));
};

/** The place in the image that a pixel of the resized image lies at. */
function source(call: ReferenceCall, image: Values, out: number, axis: 1 | 2): number {
  const [from, to] = [image.shape[axis] as number, shapeOf(call)[axis] as number];
  const { alignCorners, halfPixelCenters } = call.attributes;
  const scale = alignCorners === true && to > 1 ? (from - 1) / (to - 1) : from / to;
  return halfPixelCenters === true ? (out + 0.5) * scale - 0.5 : out * scale;
}

const bilinear: Reference = (call) => {
  const image = inputOf(call, 'images');
  const sides = (out: number, axis: 1 | 2): readonly (readonly [number, number])[] => {
    const last = (image.shape[axis] as number) - 1;
    const place = source(call, image, out, axis);
    const low = Math.floor(place);
    const within = (each: number): number => Math.min(last, Math.max(0, each));
    return [
      [within(low), 1 - (place - low)],
      [within(low + 1), place - low],
    ];
  };
  return [
    summed(shapeOf(call), ([n, row, column, c]) =>
      sides(row as number, 1).flatMap(([y, rowShare]) =>
        sides(column as number, 2).map(
          ([x, columnShare]) => rowShare * columnShare * at(image, [n as number, y, x, c as number]),
        ),
      ),
    ),
  ];
};

const nearest: Reference = (call) => {
  const image = inputOf(call, 'images');
  const { alignCorners, halfPixelCenters } = call.attributes;
  const pick = (out: number, axis: 1 | 2): number => {
    const shifted = source(call, image, out, axis) + (halfPixelCenters === true ? 0.5 : 0);
    const place = alignCorners === true ? Math.round(shifted) : Math.floor(shifted);
    return Math.min((image.shape[axis] as number) - 1, Math.max(0, place));
  };
  return [
    filled(shapeOf(call), ([n, row, column, c]) =>
      at(image, [n as number, pick(row as number, 1), pick(column as number, 2), c as number]),
    ),
  ];
};

export const neuralReferences = {
  AvgPool: (call) => [
    summedMean(shapeOf(call), (position) =>
      windowOf(call, inputOf(call), position).map(({ value }) => value),
    ),
  ],
  AvgPoolGrad: poolGradient(equalShares),
  BatchMatMul: matMul,
  Conv2D: dense.forward,
  Conv2DBackpropFilter: dense.filter,
  Conv2DBackpropInput: dense.image,
  DepthwiseConv2dNative: depthwise.forward,
  DepthwiseConv2dNativeBackpropFilter: depthwise.filter,
  DepthwiseConv2dNativeBackpropInput: depthwise.image,
  MaxPool: (call) => [
    filled(shapeOf(call), (position) =>
      Math.max(...windowOf(call, inputOf(call), position).map(({ value }) => value)),
    ),
  ],
  MaxPoolGrad: poolGradient(sharesOfLargest),
  ResizeBilinear: bilinear,
  ResizeNearestNeighbor: nearest,
} satisfies { readonly [K in Kernel]?: Reference };

/** The mean of what a window sees inside of the image. */
function summedMean(shape: Place, valuesAt: (position: Place) => readonly number[]) {
  return summed(shape, (position) => {
    const values = valuesAt(position);
    return values.map((value) => value / values.length);
  });
}
