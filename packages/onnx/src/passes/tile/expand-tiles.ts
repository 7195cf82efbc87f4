// Pass: says in ONNX what is left of the operators on tiles, and of narrow convolutions, once they have been moved
// where they cost least.
import type { Pass } from '../../builder/rewrite-graph.js';
import { expandNarrow } from '../../convolution/plain-convolution.js';
import { expandTile } from '../../convolution/tile-operators.js';

export const expandTiles: Pass = {
  name: 'expand-tiles',
  rewrite: (node, { builder }) => expandNarrow(builder, node) ?? expandTile(builder, node),
};
