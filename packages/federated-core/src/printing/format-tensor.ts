// A tensor in a print: its numbers when they are few, else its type.
import { formatType } from '../types/format.js';
import { tensorType } from '../types/types.js';
import type { Tensor } from '../values/tensor.js';

const FEW = 8;

export function formatTensor({ dtype, shape, data }: Tensor): string {
  const type = formatType(tensorType(dtype, shape));
  if (data.length > FEW) return type;
  const items = Array.from(data as ArrayLike<number | bigint | string>, (item) => {
    if (dtype === 'string') return JSON.stringify(item);
    if (dtype === 'bool') return item === 0 ? 'false' : 'true';
    return String(item);
  });
  return shape.length === 0 ? items[0]! : `${type}[${items.join(', ')}]`;
}
