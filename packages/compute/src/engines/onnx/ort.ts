// What the onnx engine's files share of onnxruntime: its types, the options of every session, tensors in and out.
import type { Tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import type { LeafSpec } from '../../engine/check-argument.js';
import type { Feed } from '../../graph/feeds/feeds.js';

/** What an engine needs of onnxruntime: `onnxruntime-node` and `onnxruntime-web` both have it. */
export type Ort = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor'>;
export type Session = import('onnxruntime-node').InferenceSession;
export type OrtTensor = import('onnxruntime-node').Tensor;

export const SESSION_OPTIONS = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  // Errors reach the caller as exceptions; onnxruntime need not print them too.
  logSeverityLevel: 4,
  // Products that transpose as they go are slower than a transpose and a plain product: 1.5 ms against 1.2 in the CNN.
  extra: { optimization: { disable_specified_optimizers: 'MatmulTransposeFusion' } },
} as const;

/** What each leaf of the argument must be, as the session's own signature has it. */
export function leafSpecs(feeds: readonly Feed[], session: Session): readonly LeafSpec[] {
  const specs: LeafSpec[] = [];
  feeds.forEach((feed, index) => {
    const metadata = session.inputMetadata[index];
    if (feed.kind !== 'argument' || !metadata?.isTensor) return;
    const shape = metadata.shape.map((size) => (typeof size === 'number' ? size : -1));
    specs[feed.leaf] = { dtype: metadata.type as Tensor['dtype'], shape };
  });
  return specs;
}

/** A tensor for onnxruntime, over the same memory where it may be; it takes no shared memory. */
export function toOrt(ort: Ort, { dtype, shape, data }: Tensor): OrtTensor {
  const owned = ArrayBuffer.isView(data) && isShared(data.buffer) ? data.slice() : data;
  return new ort.Tensor(dtype, owned as never, shape as number[]);
}

export function fromOrt(value: OrtTensor): Tensor {
  const shape = [...value.dims];
  const data = value.data as Tensor['data'];
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`Cannot read a result: shape [${shape.join(', ')}] got ${data.length} elements`);
  }
  return { dtype: value.type as Tensor['dtype'], shape, data };
}

/** A browser's page has no `SharedArrayBuffer` unless it is isolated from other origins. */
function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
}
