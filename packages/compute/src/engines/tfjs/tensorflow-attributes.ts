// Makes tfjs-node safe on several threads. Its addon keeps the names of operator attributes in one set for the whole
// process, and adds to it without a lock (`ATTR_NAME_SET` in its binding/tfjs_backend.cc, 4.22): two threads that add
// at once corrupt the set, and the process ends in a segmentation fault. Names that it has are only read. So a thread
// adds all of them as it starts the backend; where the first thread has done so before others start theirs, nobody adds
// any more.

/** What this file needs of tfjs-node's backend. */
export interface TensorflowBackend {
  readonly binding: {
    executeOp(
      name: string,
      attributes: readonly unknown[],
      inputs: readonly number[],
      outputs: number,
    ): unknown;
  };
}

/** All that tfjs-node sets for the kernels of a kernel graph; the test of tfjs-node compares. */
export const TENSORFLOW_ATTRIBUTES: readonly string[] = [
  'DstT',
  'Index',
  'N',
  'SrcT',
  'T',
  'TI',
  'Taxis',
  'Tidx',
  'Tindices',
  'Tmultiples',
  'Tnumsegments',
  'Tpaddings',
  'Tparams',
  'Tperm',
  'Truncate',
  'Tshape',
  'adj_x',
  'adj_y',
  'align_corners',
  'alpha',
  'axis',
  'batch_dims',
  'data_format',
  'dilations',
  'exclusive',
  'half_pixel_centers',
  'index_type',
  'keep_dims',
  'ksize',
  'num',
  'output_type',
  'padding',
  'reverse',
  'sorted',
  'strides',
  'use_cudnn_on_gpu',
];

/** Adds `TENSORFLOW_ATTRIBUTES` to the addon's set. */
export function nameAttributes({ binding }: TensorflowBackend): void {
  for (const name of TENSORFLOW_ATTRIBUTES) {
    try {
      // The name is added first; then the addon refuses what is no type, before TensorFlow hears of it.
      binding.executeOp('NoOp', [{ name, type: 'none', value: 0 }], [], 0);
    } catch {
      // As intended.
    }
  }
}
