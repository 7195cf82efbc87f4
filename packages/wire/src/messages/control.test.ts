import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WireError } from '../frames/codes.js';
import { type ControlInput, type ControlType, decodeControl, encodeControl } from './control.js';

const hash = 'ab'.repeat(32);
const at = { run: 'one', round: 3, attempt: 2, phase: 0 };

const state = { base: null, next: hash, seed: [1, 2], keepFrom: 4 } satisfies ControlInput<'work'>['state'];
/** One of each, with every field. */
const examples: { readonly [T in ControlType]: ControlInput<T> } = {
  hello: {
    client: 'mote-1',
    dataType: 'float32*',
    token: 'secret',
    agent: 'test',
    versions: { lowest: 1, highest: 2 },
    run: 'one',
    awaits: { run: 'one', round: 3, attempt: 2 },
    proof: 'c0ffee',
    wants: 'two',
    apart: ['one', 'three'],
    device: 'd1ce',
    shares: 'd00r',
    tasks: 3,
  },
  welcome: {
    client: 'mote-1',
    version: 2,
    plan: { hash, name: 'sum', bytes: 10 },
    heartbeatMs: 1,
    chunkBytes: 1,
    maxUpdateBytes: 0,
    run: 'one',
    proof: 'c0ffee',
  },
  want: { blobs: [{ hash, from: 7 }] },
  blob: { hash },
  ready: { plan: hash, partial: { hash, from: 7 }, slices: { hash, from: 0 } },
  slices: { ...at, hash },
  work: {
    ...{ ...at, seed: [0, 0xffff_ffff], deadlineMs: 0.5, received: 0 },
    ...{ broadcast: hash, elsewhere: true, slices: hash, state },
  },
  update: { ...at, broadcast: hash },
  failed: { ...at, broadcast: hash, code: 'work-failed', reason: 'because' },
  ack: { ...at, status: 'rejected', code: 'wrong-update', reason: 'because' },
  commit: { run: 'one', round: 3, attempt: 2, status: 'committed', counted: [0, 2] },
  leave: { code: 'closed', reason: '' },
  bye: { reason: 'over' },
  error: { code: 'internal', reason: 'because', versions: { lowest: 2, highest: 2 }, returnMs: 10 },
};
const types = Object.keys(examples) as ControlType[];
const bytesOf = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));

function codeOf(type: ControlType, bytes: Uint8Array): string {
  try {
    decodeControl(type, bytes);
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return 'none';
}

describe('decodeControl', () => {
  test.each(types)('`decodeControl` gives what `encodeControl` was given when it is a %s', (type) => {
    expect(decodeControl(type, encodeControl(type, examples[type]))).toEqual({
      type,
      control: examples[type],
    });
  });

  test('`decodeControl` fills in what may be left out', () => {
    expect(decodeControl('hello', bytesOf({ client: null })).control).toEqual({
      client: null,
      dataType: null,
      agent: '',
      run: null,
      awaits: null,
      proof: null,
      wants: null,
      apart: [],
      device: null,
      shares: null,
      tasks: 1,
    });
    expect(decodeControl('want', bytesOf({ blobs: [{ hash }] })).control).toEqual({
      blobs: [{ hash, from: 0 }],
    });
    expect(decodeControl('ready', bytesOf({ plan: hash })).control).toEqual({
      plan: hash,
      partial: null,
      slices: null,
    });
  });

  test('`decodeControl` ignores fields and padding that it does not know', () => {
    const padded = new TextEncoder().encode('{"reason":"over","mood":"fine"}   ');
    expect(decodeControl('bye', padded).control).toEqual({ reason: 'over' });
  });

  test('`decodeControl` and `encodeControl` make a reason one line of at most 300 characters', () => {
    const long = `\n${'x'.repeat(60_000)}`;
    const short = `\\n${'x'.repeat(297)}…`; // \n takes two
    expect(decodeControl('bye', bytesOf({ reason: long })).control).toEqual({ reason: short });
    expect(JSON.parse(new TextDecoder().decode(encodeControl('bye', { reason: long })))).toEqual({
      reason: short,
    });
  });

  test.each<[ControlType, unknown]>([
    ['hello', {}],
    ['hello', { client: '' }],
    ['hello', { client: 'x'.repeat(201) }],
    ['hello', { client: 'x', token: 'x'.repeat(1001) }],
    ['want', { blobs: [] }],
    ['want', { blobs: Array(513).fill({ hash }) }],
    ['want', { blobs: [{ hash: hash.toUpperCase() }] }],
    ['want', { blobs: [{ hash, from: -1 }] }],
    ['work', { ...examples.work, seed: [1] }],
    ['work', { ...examples.work, seed: [1, 2 ** 32] }],
    ['update', { ...examples.update, round: 1.5 }],
    // A report says of which run, attempt and broadcast it is: nothing is taken for granted.
    ...(['run', 'round', 'attempt', 'phase', 'broadcast'] as const).map((field): [ControlType, unknown] => [
      'update',
      { ...examples.update, [field]: undefined },
    ]),
    ['update', { ...examples.update, run: '' }],
    ['update', { ...examples.update, attempt: 0 }],
    ['commit', { ...examples.commit, status: 'counted' }],
    ['hello', { client: null, versions: { lowest: 2, highest: 256 } }],
    ['failed', { ...at, code: 'NOT A CODE', reason: '' }],
    ['ack', { ...at, status: 'perhaps' }],
    ['bye', null],
    ['bye', []],
    ['bye', 'over'],
  ])('`decodeControl` throws control-invalid when a %s is %j', (type, json) => {
    expect(codeOf(type, bytesOf(json))).toBe('control-invalid');
  });

  test.each([
    ['nothing', new Uint8Array(0)],
    ['no JSON', new TextEncoder().encode('{')],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['JSON and more', new TextEncoder().encode('{} {}')],
  ])('`decodeControl` throws control-bad-json when it gets %s', (_, bytes) => {
    expect(codeOf('bye', bytes)).toBe('control-bad-json');
  });

  test('`decodeControl` throws nothing but a WireError when it gets any JSON, or any bytes (property)', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.json().map(bytesOf),
      fc.jsonValue().map(bytesOf),
    );
    fc.assert(
      fc.property(fc.constantFrom(...types), bytes, (type, given) => void codeOf(type, given)),
      {
        numRuns: 1000,
      },
    );
  });
});
