// A `tf.train.Example`, of which TFF's files have one a row: features by name, each a list of bytes, floats or integers
// (tensorflow/core/example, proto3). Read by the wire format of protocol buffers, of which it needs three kinds.

/** Texts, float32 or integers. */
export type Feature = readonly string[] | readonly number[];

/** Throws a `RangeError` for bytes that are no Example. */
export function readExample(bytes: Buffer): ReadonlyMap<string, Feature> {
  const features = new Map<string, Feature>();
  for (const [field, features_] of fieldsOf(bytes)) {
    if (field !== 1) continue;
    for (const [, entry] of fieldsOf(features_)) {
      let name = '';
      let feature: Feature = [];
      for (const [part, value] of fieldsOf(entry)) {
        if (part === 1) name = value.toString('utf8');
        else if (part === 2) feature = readFeature(value);
      }
      features.set(name, feature);
    }
  }
  return features;
}

function readFeature(bytes: Buffer): Feature {
  for (const [kind, list] of fieldsOf(bytes)) {
    if (kind === 1) return [...fieldsOf(list)].map(([, text]) => text.toString('utf8'));
    const numbers: number[] = [];
    for (const [, packed, wireType] of fieldsOf(list)) {
      if (kind === 2) for (let at = 0; at + 4 <= packed.length; at += 4) numbers.push(packed.readFloatLE(at));
      else if (wireType === 2) for (let at = 0; at < packed.length; ) at = addVarint(packed, at, numbers);
      else addVarint(packed, 0, numbers);
    }
    return numbers;
  }
  return [];
}

/** Number, bytes and wire type of each field of a message. */
function* fieldsOf(bytes: Buffer): Iterable<readonly [number, Buffer, number]> {
  const read: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    at = addVarint(bytes, at, read);
    const tag = read.pop() as number;
    const wireType = tag & 7;
    let end = at;
    if (wireType === 2) {
      at = addVarint(bytes, at, read);
      end = at + (read.pop() as number);
    } else if (wireType === 0) end = addVarint(bytes, at, []);
    else if (wireType === 5) end = at + 4;
    else throw new RangeError(`wire type ${wireType} at byte ${at}`);
    if (end > bytes.length) throw new RangeError(`a field ends at byte ${end} of ${bytes.length}`);
    yield [tag >>> 3, bytes.subarray(at, end), wireType];
    at = end;
  }
}

/** Appends the integer at `at`, as a signed 64-bit one, and gives the place after it. */
function addVarint(bytes: Buffer, at: number, to: number[]): number {
  let low = 0;
  let high = 0;
  for (let next = at, shift = 0; next < bytes.length && shift < 70; next++, shift += 7) {
    const byte = bytes[next] as number;
    if (shift < 28) low += (byte & 0x7f) * 2 ** shift;
    else high += (byte & 0x7f) * 2 ** (shift - 28);
    if (byte >= 0x80) continue;
    const value = BigInt.asIntN(64, BigInt(high) * 2n ** 28n + BigInt(low));
    to.push(Number(value));
    return next + 1;
  }
  throw new RangeError(`an integer that does not end, at byte ${at}`);
}
