import { type Tensor, tensor } from '@starling/federated-core';
import { assert, describe, expect, test } from 'vitest';
import { decodeLeaves, decodeSafetensors, encodeLeaves, encodeSafetensors } from './safetensors.js';

/** A file of a header as text (padded to 8 bytes) and data bytes, written by hand. */
function file(header: string, data: readonly number[] = []): Uint8Array {
  const json = new TextEncoder().encode(header.padEnd(Math.ceil(header.length / 8) * 8));
  return Uint8Array.of(json.length, 0, 0, 0, 0, 0, 0, 0, ...json, ...data);
}

/** The same of a header that is longer than 255 bytes. */
function long(header: string): Uint8Array {
  const json = new TextEncoder().encode(header.padEnd(Math.ceil(header.length / 8) * 8));
  return Uint8Array.of(json.length & 255, json.length >> 8, 0, 0, 0, 0, 0, 0, ...json);
}

const nested = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

describe('encodeSafetensors', () => {
  test('`encodeLeaves` writes over memory of any content, where some is given', () => {
    const leaves = [tensor('uint8', [3], Uint8Array.of(1, 2, 3)), tensor('float64', [1], Float64Array.of(5))];
    const bytes = encodeLeaves(leaves, {}, (length) => new Uint8Array(length).fill(0xee));
    assert.deepEqual([...bytes], [...encodeLeaves(leaves)]);
  });

  test('`encodeSafetensors` writes the published layout for one float32 tensor', () => {
    const bytes = encodeSafetensors([['x', tensor('float32', [2], Float32Array.of(1, -2))]]);
    // IEEE 754, little-endian: 1 is 3f800000, −2 is c0000000.
    const expected = file(
      '{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
      [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0],
    );
    assert.deepEqual([...bytes], [...expected]);
  });

  test('`encodeSafetensors` aligns every tensor by writing wide elements first', () => {
    const bytes = encodeSafetensors([
      ['a', tensor('bool', [3], Uint8Array.of(1, 0, 1))],
      ['b', tensor('float32', [], Float32Array.of(7))],
      ['c', tensor('int64', [1], BigInt64Array.of(-1n))],
    ]);
    const { tensors } = decodeSafetensors(bytes);
    const starts = new Map([...tensors].map(([name, { data }]) => [name, (data as Uint8Array).byteOffset]));
    const start = starts.get('c')!;
    // int64 takes 8 bytes at 0, float32 4 bytes at 8, bool 3 bytes at 12.
    assert.equal(start % 8, 0);
    assert.deepEqual([starts.get('b')! - start, starts.get('a')! - start], [8, 12]);
  });

  test('`encodeSafetensors` refuses a repeated name', () => {
    const one = tensor('float32', [], Float32Array.of(1));
    expect(() =>
      encodeSafetensors([
        ['x', one],
        ['x', one],
      ]),
    ).toThrow(/names must differ, got 'x' twice/);
  });
});

describe('decodeSafetensors', () => {
  const leaves: readonly Tensor[] = [
    tensor('float32', [2, 1], Float32Array.of(0.5, Number.NaN)),
    tensor('float64', [], Float64Array.of(Math.PI)),
    tensor('int32', [0, 3], new Int32Array(0)),
    tensor('int64', [2], BigInt64Array.of(2n ** 62n, -5n)),
    tensor('uint8', [3], Uint8Array.of(0, 128, 255)),
    tensor('bool', [1], Uint8Array.of(1)),
    tensor('string', [2], ['', 'Grüße "🐦"']),
  ];

  test('`decodeLeaves` gives back what `encodeLeaves` wrote, for every dtype', () => {
    assert.deepEqual(decodeLeaves(encodeLeaves(leaves)), leaves);
  });

  test('`decodeLeaves` keeps the order of more than ten leaves', () => {
    const many = Array.from({ length: 12 }, (_, index) => tensor('int32', [], Int32Array.of(index)));
    assert.deepEqual(decodeLeaves(encodeLeaves(many)), many);
  });

  test('`decodeSafetensors` gives views of aligned bytes and a copy of unaligned ones', () => {
    const bytes = encodeLeaves([tensor('float32', [1], Float32Array.of(3))]);
    const aligned = decodeLeaves(bytes)[0]!.data as Float32Array;
    assert.equal(aligned.buffer, bytes.buffer);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const copied = decodeLeaves(shifted.subarray(1))[0]!.data as Float32Array;
    assert.notEqual(copied.buffer, shifted.buffer);
    assert.deepEqual([...copied], [3]);
  });

  test('`decodeSafetensors` gives back metadata', () => {
    assert.deepEqual(decodeSafetensors(encodeSafetensors([], { round: '7' })).metadata, { round: '7' });
  });

  test.each([
    ['fewer bytes than a length', Uint8Array.of(1, 0, 0), /need at least 8 bytes, got 3/],
    [
      'a header longer than the file',
      Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255),
      /header of at most 0/,
    ],
    ['a header that is not JSON', file('{"x":'), /must be JSON/],
    ['a header that is no object', file('[1]'), /must be an object/],
    [
      'an unknown dtype',
      file('{"x":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}', [0, 0]),
      /needs a dtype of/,
    ],
    [
      'a negative dimension',
      file('{"x":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}', [0]),
      /needs a shape/,
    ],
    [
      'a shape too large for its bytes',
      file('{"x":{"dtype":"F32","shape":[9007199254740991],"data_offsets":[0,4]}}', [0, 0, 0, 0]),
      /needs \d+ bytes, got 4/,
    ],
    [
      'data that runs out',
      file('{"x":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}', [0]),
      /must end by 1, got 3/,
    ],
    [
      'a hole',
      file('{"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', [0, 0]),
      /must start at 0, got 1/,
    ],
    [
      'an overlap',
      file(
        '{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"y":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
        [0, 0],
      ),
      /'y' must start at 2, got 1/,
    ],
    [
      'a name twice',
      file(
        '{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
        [0, 0],
      ),
      /must start at 0, got 1/,
    ],
    [
      'bytes that no tensor covers',
      file('{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', [0, 0]),
      /cover all 2 bytes/,
    ],
    [
      'a boolean of 2',
      file('{"x":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}', [2]),
      /booleans of 0 or 1/,
    ],
    ['metadata that is not text', file('{"__metadata__":{"a":1}}'), /metadata must be text, got 1 for 'a'/],
    // JSON.parse takes any depth; printing what it gives runs out of stack.
    ['a header that is nested deep', long(nested(7000)), /must be an object, got an array/],
    [
      'metadata that is nested deep',
      long(`{"__metadata__":{"a":${nested(7000)}}}`),
      /must be text, got an array/,
    ],
    [
      'a dtype that is nested deep',
      long(`{"x":{"dtype":${nested(7000)},"shape":[],"data_offsets":[0,0]}}`),
      /needs a dtype of .*, got an array/,
    ],
    [
      'a dtype that cannot be made a text',
      long('{"x":{"dtype":{"toString":1,"valueOf":1},"shape":[],"data_offsets":[0,0]}}'),
      /needs a dtype of .*, got an object/,
    ],
  ])('`decodeSafetensors` refuses %s', (_, bytes, message) => {
    let error: unknown;
    try {
      decodeSafetensors(bytes);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({
      name: 'BodyError',
      code: 'bad-body',
      message: expect.stringMatching(message),
    });
  });

  test('`decodeSafetensors` refuses a header beyond the limit it is given', () => {
    const bytes = encodeLeaves(leaves);
    expect(() => decodeSafetensors(bytes, { maxHeaderBytes: 16 })).toThrow(/header of at most 16 bytes/);
  });
});
