// The page docs/kernels.md: every kernel that a kernel graph may hold, and where it runs, asked of the engines' own
// tables.
import '@tensorflow/tfjs-backend-wasm';
import { composites } from '../capture/composites.js';
import { captured } from '../engines/contract/agreement.js';
import { Draw } from '../engines/contract/draw.js';
import type { DrawnCase } from '../engines/contract/kernel-case.js';
import { kernelCases } from '../engines/contract/kernel-cases.js';
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
    '- **wasm**: has a kernel on the WebAssembly backend of tf.js; others run on its cpu backend, which has them all.',
    '- **gradient**: tf.js knows the gradient, which is captured as kernels of this page. Gradients that tf.js has wrong, or lacks, are',
    '  corrected whenever one is taken, also where `@tensorflow/tfjs` is imported, before `@starling/compute` or after it.',
    '',
    'Every kernel, and its gradient, is held against tf.js on random shapes by the engine contract',
    '(`packages/compute/src/engines/contract.ts`), and every gradient against finite differences.',
    ...SECTIONS.flatMap(section),
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
    '| kernel | onnx | wasm | gradient |',
    '|---|---|---|---|',
    ...[...kernels].sort().map(row),
  ];
}

function row(kernel: Kernel): string {
  const marks = [
    isLowered(kernel),
    tf.getKernel(kernel, 'wasm') !== undefined,
    tf.getGradient(kernel) !== undefined,
  ];
  return `| ${kernel} | ${marks.map((mark) => (mark ? 'yes' : '–')).join(' | ')} |`;
}

function isLowered(kernel: Kernel): boolean {
  const { inputs, body }: DrawnCase = kernelCases[kernel](new Draw(1));
  return compileGraph(captured(kernel, inputs, body)).onnx !== null;
}
