import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../builder/graph-builder.js';
import { decodeModel } from './decode-model.js';
import { encodeModel } from './encode-model.js';
import { readInitializers } from './read-initializers.js';
import { withNames } from './with-names.js';

const KERNEL = tensor('float32', [2, 2], Float32Array.of(1, 2, 3, 4));

/** y = x + kernel, where `x` is called so by nobody yet. */
function sum() {
  const builder = new GraphBuilder();
  const input = builder.value('argument0', { dtype: 'float32', shape: [2, 2] });
  const output = builder.binary('Add', input, builder.constant(KERNEL));
  return builder.finish('sum', [input], [output]);
}

describe('readInitializers', () => {
  const [constant] = sum().constants;
  const bytes = encodeModel(sum());

  test('gives the constants of a model by name, also of bytes that lie askew', () => {
    for (const shift of [0, 1, 2, 3]) {
      const askew = Buffer.concat([Buffer.alloc(shift), bytes]).subarray(shift);
      expect(readInitializers(askew)).toEqual(new Map([[constant!.value.name, KERNEL]]));
    }
  });

  test('reads what others write number by number', () => {
    // onnx.proto3: graph 7 { initializer 5 { dims 1, data_type 2 = 1, float_data 4, name 8 } }; 0.5 is 0000003f.
    const floats = [0x22, 8, 0, 0, 0, 0x3f, 0, 0, 0, 0xbf];
    const weight = [0x08, 2, 0x10, 1, ...floats, 0x42, 1, 0x77];
    const graph = [0x2a, weight.length, ...weight];
    expect(readInitializers(Uint8Array.of(0x3a, graph.length, ...graph))).toEqual(
      new Map([['w', tensor('float32', [2], Float32Array.of(0.5, -0.5))]]),
    );
  });

  test('refuses what is no model', () => {
    expect(() => readInitializers(new Uint8Array())).toThrow('need a graph in it, got none');
    expect(() => readInitializers(new TextEncoder().encode('no model'))).toThrow(
      /^Cannot read an ONNX model: need /,
    );
  });
});

describe('withNames', () => {
  test('renames a value wherever it stands, and gives way to it elsewhere', () => {
    const graph = sum();
    const [constant] = graph.constants;
    const named = withNames(graph, new Map([[graph.inputs[0]!.name, constant!.value.name]]));
    const [input] = named.inputs;
    expect(input!.name).toBe(constant!.value.name);
    expect(named.nodes[0]!.inputs.map((each) => each?.name)).toEqual([
      constant!.value.name,
      `${constant!.value.name}:inner`,
    ]);
    expect(named.constants[0]!.value.name).toBe(`${constant!.value.name}:inner`);
    expect(decodeModel(encodeModel(named)).inputs).toEqual(named.inputs);
  });
});
