import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { attribute, GraphBuilder } from '../builder/graph-builder.js';
import { loopOf } from '../testing/loop.js';
import { decodeModel } from './decode-model.js';
import { encodeModel } from './encode-model.js';

describe('decodeModel', () => {
  test('gives the graph back that was encoded, subgraphs and unknown lengths included', () => {
    const graph = loopOf([[3], [3]], ({ builder: b, state, outer: [, x] }) =>
      b.binary('Add', state, b.binary('Mul', x!, b.filled('float32', -0.5, [3]))),
    );
    expect(decodeModel(encodeModel(graph))).toEqual(graph);
  });

  test('keeps constants of every type, attributes of every kind, foreign operators and left-out inputs', () => {
    const b = new GraphBuilder();
    const x = b.value('argument', { dtype: 'int32', shape: [-1, 0, 2] });
    const constants = [
      b.constant(tensor('float64', [2], Float64Array.of(1e300, -2))),
      b.constant(tensor('int64', [2], BigInt64Array.of(-5n, 2n ** 40n))),
      b.constant(tensor('uint8', [3], Uint8Array.of(0, 255, 7))),
      b.constant(tensor('bool', [1], Uint8Array.of(1))),
      b.constant(tensor('string', [2], ['a', 'ü'])),
    ];
    const attributes = {
      whole: attribute.int(-3),
      many: attribute.ints([-1, 0, 1_000_000]),
      real: attribute.float(0.5),
      text: attribute.string('same'),
    };
    const y = b.emitOne('Odd', [x, null, ...constants], { dtype: 'bool', shape: [] }, attributes, 'org.test');
    const graph = b.finish('kinds', [x], [y]);
    expect(decodeModel(encodeModel(graph))).toEqual(graph);
  });

  test('throws when the bytes are no model', () => {
    expect(() => decodeModel(new Uint8Array())).toThrow('it holds no graph');
  });
});
