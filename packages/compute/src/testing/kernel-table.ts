// The page docs/kernels.md: every kernel that a kernel graph may hold, and where it runs, asked of the engines' own
// tables.
import '@tensorflow/tfjs-backend-wasm';
import { composites } from '../capture/composites/composites.js';
import { kernelCases } from '../contract/cases/kernel-cases.js';
import { captured } from '../contract/drawing/agreement.js';
import { Draw } from '../contract/drawing/draw.js';
import type { DrawnCase } from '../contract/drawing/kernel-case.js';
import { ACCURACY, type Accuracy } from '../contract/reference/accuracy.js';
import {
  BINARY_KERNELS,
  type Kernel,
  OTHER_KERNELS,
  REDUCTION_KERNELS,
  UNARY_KERNELS,
} from '../graph/kernels.js';
import { compileGraph } from '../lowering/compile-graph.js';
import * as tf from '../tensorflow/tf.js';

const SECTIONS: readonly (readonly [string, readonly Kernel[]])[] = [
  ['Element by element, of one tensor', UNARY_KERNELS],
  ['Element by element, of two tensors that broadcast', BINARY_KERNELS],
  ['Reductions along axes', REDUCTION_KERNELS],
  ['Others', OTHER_KERNELS],
];

/** What kernels mean where tf.js's backends, processors or IEEE 754's older forms differ. */
const EDGES: readonly string[] = [
  '## Values at the edges',
  '',
  'One meaning on every engine, whatever the processor; constants that are computed while capturing have it too.',
  '',
  '- **int32** wraps modulo 2³²: sums, differences, products, powers, −(−2³¹) and |−2³¹|. A quotient or remainder by 0',
  '  is 0; −2³¹ divided by −1 is −2³¹, with remainder 0. A power with a negative exponent is its whole part: 1 or −1 of',
  '  the bases 1 and −1, else 0.',
  '- **Cast to int32** drops the fraction and wraps modulo 2³² (3e9 is −1294967296); NaN and ±∞ are 0. `floorDiv` of',
  '  floats rounds the float32 quotient down and is cast so. **Cast to bool** is true of all but 0, of NaN too.',
  '- **NaN** stays in `relu`, `max`, `min`, `maximum`, `minimum`, `sign` and `clipByValue`, whatever its sign bit.',
  '  `argMax` and `argMin` give the position of the first NaN if there is one; `topk` ranks NaN above +∞. Of equal numbers',
  '  the first counts. Comparisons with NaN are false, and `step` is 1 above 0 and `alpha` of all else, NaN too: so is the',
  '  gradient of relu.',
  '- **Powers and angles** are those of C: 1 to any power, NaN too, is 1; `atan2` knows signed zeros and infinities.',
  '  `mod` of floats has the sign of the divisor, but a remainder of 0 has that of the dividend. `round` goes to the even',
  '  side of a half.',
  '- **Of no elements**, `any` is false, `all` true, a sum 0, a product 1, a mean 0, `max` the least number of its type',
  '  (−∞) and `min` the largest (+∞). `argMax` and `argMin` along an axis without elements are refused at capture.',
  '- **Indices** of `gather`, `gatherND` and `scatterND` are from 0 to the size of their axis − 1; any other, a negative one',
  '  too, ends the run with an error. `unsortedSegmentSum` leaves out rows whose id is no segment, and `oneHot` gives such',
  '  an index no class.',
  '- **Sums, means, pools and matrix products** are added in float32, on some engines in float64 or in another order. If a',
  '  sum on the way is above the largest float32, 3.4e38, the result is infinite, or NaN, though it could be represented:',
  '  the mean of [3e38, 3e38] is ∞ on `onnx` and 3e38 on the cpu backend of tf.js.',
  '- **Gradients at ties and corners** are those of tf.js, on every engine: each of several equal numbers has the',
  '  whole gradient of `max` and `min`, the first alone that of `maxPool` and `topk`; where `maximum(a, b)` or',
  '  `minimum(a, b)` are given equal numbers, a has it all. At 0 the derivative of `abs` is −1, of `relu` 0, of',
  '  `leakyRelu` and `prelu` alpha, of `elu` 1, of `sqrt` ∞, and the gradient of `norm` NaN. `clipByValue` has 1 at',
  '  both bounds, `relu6` 0 at 0 and 1 at 6; `sign` and `step` have 0 everywhere. At NaN that of `abs` is −1, of `relu`',
  '  and `clipByValue` 0. x⁰ has NaN at 0, because it is 0 · 0⁻¹. To avoid NaN, add a small number under the root of a',
  '  norm, and replace such a base by 1 with `tf.where` first.',
  '- **Denormal numbers**, those below 2⁻¹²⁶, pass through sums, products and comparisons. `sigmoid` and `softmax`',
  '  give 0 for them on wasm, and `tanh` and `expm1` of the smallest give 0 on onnx: results are held within 2⁻¹²⁶',
  '  there, and no closer.',
  '- **MaxPool** of NaN or −∞ is not defined: a guard would cost as much as the pool.',
];

/** The page as Markdown. */
export function kernelPage(): string {
  return [
    '# Kernels',
    '',
    'What a local computation may call, in the words of tf.js kernels: `tf.matMul` calls `BatchMatMul`, a layer several.',
    'Capturing any other kernel is an error that names it. This page is printed from the tables that capture and the',
    'engines use (`packages/compute/src/graph/kernels.ts`); a test keeps it up to date.',
    '',
    '- **onnx**: has a lowering to ONNX operators, and so runs on the default engine. A computation with a kernel that',
    '  has none runs on the `tfjs` engine.',
    '- **wasm**: has a kernel on the WebAssembly backend of tf.js. Others run on its cpu backend, which has them all, and so',
    '  do kernels that wasm has wrong at an edge, relu and clipping among them.',
    '- **gradient**: tf.js knows the gradient, which is captured as kernels of this page. Gradients that tf.js has wrong, or lacks, are',
    '  corrected whenever one is taken, also where `@tensorflow/tfjs` is imported, before `@starling/compute` or after it.',
    '- **error**: the largest error on any engine, from the right result in float64 of the same float32 inputs, in units in',
    '  the last place (ulp) of float32. 0 is exact, as results of integers and booleans are always; ½ is rounded once.',
    '  Without more, the unit is that of the result; *of 1*, that of 1 if the result is smaller; *of the terms*, that of',
    '  the sum of the magnitudes of all that is added up; *of all terms*, that of the largest such sum in the tensor.',
    '  Results below 2⁻¹²⁰ are within 2⁻¹²⁶. Sums are checked with up to 100 terms, products with 5: errors grow with',
    '  their number.',
    '- **NaN, ±∞**: *exact* if they are what [Values at the edges](#values-at-the-edges) says; *not finite* if NaN is where it',
    '  must be, but may stand for ±∞ too, and neighbours of either may not be finite; – if the kernel is defined of finite',
    '  numbers only.',
    '- **−0**: *exact* if a zero has the sign that IEEE 754 gives it; *either* if engines differ.',
    '',
    'Every kernel, and its gradient, is held against tf.js on random shapes by the engine contract',
    '(`packages/compute/src/contract/engine-contract.ts`), and every gradient against finite differences.',
    'Its values at the edges, and the errors of this page, are held against a float64 reference that is apart from all',
    'engines (`packages/compute/src/contract/reference`); so are 10,000 random graphs with their gradients, by',
    '`npm run test:random-graphs`.',
    ...SECTIONS.flatMap(section),
    '',
    ...EDGES,
    '',
    '## Composites',
    '',
    'Captured as the kernels they consist of:',
    '',
    `${Object.keys(composites)
      .sort()
      .map((name) => `\`${name}\``)
      .join(', ')}.`,
    '',
    '## Nodes that are no kernels',
    '',
    '- `reduce`: `sequenceReduce` over a dataset, one ONNX Loop.',
    '- `scan`: `scan` and recurrent layers (SimpleRNN, LSTM, GRU, ConvLSTM2D, Bidirectional), one ONNX Scan; its gradient',
    '  is another.',
    '- `length`: `sequenceLength`.',
    '- `random`: `random.*`, `tf.dropout` and dropout layers: drawn outside of the graph from the seed of the call, anew for',
    '  each step of a `reduce` or a `scan`.',
    '',
  ].join('\n');
}

function section([title, kernels]: (typeof SECTIONS)[number]): readonly string[] {
  return [
    '',
    `## ${title}`,
    '',
    '| kernel | onnx | wasm | gradient | error (ulp) | NaN, ±∞ | −0 |',
    '|---|---|---|---|---|---|---|',
    ...[...kernels].sort().map(row),
  ];
}

function row(kernel: Kernel): string {
  const marks = [
    isLowered(kernel),
    tf.getKernel(kernel, 'wasm') !== undefined,
    tf.getGradient(kernel) !== undefined,
  ];
  const cells = [...marks.map((mark) => (mark ? 'yes' : '–')), ...accuracyCells(ACCURACY[kernel])];
  return `| ${kernel} | ${cells.join(' | ')} |`;
}

const UNITS = { result: '', one: ' of 1', terms: ' of the terms', 'largest terms': ' of all terms' } as const;
const SPECIALS = { exact: 'exact', 'not finite': 'not finite', 'finite only': '–' } as const;

function accuracyCells({ ulps, of, specials, zeros }: Accuracy): readonly string[] {
  return [`${ulps === 0.5 ? '½' : ulps}${ulps === 0 ? '' : UNITS[of]}`, SPECIALS[specials], zeros];
}

function isLowered(kernel: Kernel): boolean {
  const { inputs, body }: DrawnCase = kernelCases[kernel](new Draw(1));
  return compileGraph(captured(kernel, inputs, body)).onnx !== null;
}
