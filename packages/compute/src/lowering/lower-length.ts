// Lowering of a dataset's length: the first axis of any of its columns, as an int32 scalar.

import type { OnnxValue } from '@starling/onnx';
import { attribute, type GraphBuilder } from '@starling/onnx';

export function lowerLength(builder: GraphBuilder, column: OnnxValue): OnnxValue {
  const first = builder.emitOne(
    'Shape',
    [column],
    { dtype: 'int64', shape: [1] },
    { start: attribute.int(0), end: attribute.int(1) },
  );
  return builder.cast(builder.reshape(first, []), 'int32');
}
