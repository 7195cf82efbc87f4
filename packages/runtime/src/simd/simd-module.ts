// A WebAssembly module of five loops on 128-bit vectors, assembled here instruction by instruction, so that no
// binary has to be trusted. Opcodes are those of the WebAssembly core specification 2.0, chapter 5.4.
//
//   addWeighted(sum: i32, values: i32, end: i32, weight: f64)   f64 sums += weight · f32 values
//   setWeighted(sum: i32, values: i32, end: i32, weight: f64)   f64 sums = 0 + weight · f32 values
//   add(sum: i32, values: i32, end: i32)                        f64 sums += f64 values
//   divide(sum: i32, values: i32, end: i32, divisor: f64) -> i32
//                                                               f32 values = f64 sums / divisor; 1 where all are finite
//   areFinite(values: i32, end: i32) -> i32                     1 where no f32 value is NaN or infinite
//
// Addresses are in bytes; `end` is that of the first argument. Each loop takes 8 numbers a turn, at least once.
// Products are rounded before they are added, so sums have the bits that JavaScript gives.

/** Numbers that a loop takes a turn: lengths must be multiples. */
export const NUMBERS_A_TURN = 8;

const I32 = 0x7f;
const F64 = 0x7c;
const V128 = 0x7b;

const END = 0x0b;
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
const i32Const = (value: number): number[] => [0x41, ...signed(value)];
const I32_ADD = 0x6a;
const I32_LT_UNSIGNED = 0x49;
const I32_EQZ = 0x45;

const vector = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
/** Alignment is a hint: 2³ bytes. */
const at = (offset: number): number[] => [3, ...unsigned(offset)];
const load = (offset: number): number[] => [...vector(0x00), ...at(offset)];
const store = (offset: number): number[] => [...vector(0x0b), ...at(offset)];
const loadTwoFloats = (offset: number): number[] => [...vector(0x5d), ...at(offset), ...PROMOTE_LOW];
const PROMOTE_LOW = vector(0x5f);
const DEMOTE = vector(0x5e);
const storeTwoFloats = (offset: number): number[] => [...vector(0x5b), ...at(offset), 0];
const F64_SPLAT = vector(0x14);
const F64_ADD = vector(0xf0);
const F64_MULTIPLY = vector(0xf2);
const F64_DIVIDE = vector(0xf3);
const I32_SPLAT = vector(0x11);
const I32_EQUAL = vector(0x37);
const AND = vector(0x4e);
const OR = vector(0x50);
const ANY_TRUE = vector(0x53);

/** The exponent bits of a float32: all set in NaN and infinities, and in nothing else. */
const EXPONENT = 0x7f80_0000;

const addWeighted = code(
  [[1, V128]],
  [
    ...[...get(3), ...F64_SPLAT, ...set(4)],
    ...whileBelow(0, 2, [
      ...[0, 1, 2, 3].flatMap((pair) => [
        ...[...get(0), ...get(0), ...load(16 * pair)],
        ...[...get(1), ...loadTwoFloats(8 * pair), ...get(4), ...F64_MULTIPLY],
        ...[...F64_ADD, ...store(16 * pair)],
      ]),
      ...advance(0, 64),
      ...advance(1, 32),
    ]),
  ],
);

const setWeighted = code(
  [[2, V128]], // weights, and zeros
  [
    ...[...get(3), ...F64_SPLAT, ...set(4)],
    ...whileBelow(0, 2, [
      ...[0, 1, 2, 3].flatMap((pair) => [
        ...[...get(0), ...get(5)],
        ...[...get(1), ...loadTwoFloats(8 * pair), ...get(4), ...F64_MULTIPLY],
        ...[...F64_ADD, ...store(16 * pair)],
      ]),
      ...advance(0, 64),
      ...advance(1, 32),
    ]),
  ],
);

const add = code(
  [],
  whileBelow(0, 2, [
    ...[0, 1, 2, 3].flatMap((pair) => [
      ...[...get(0), ...get(0), ...load(16 * pair)],
      ...[...get(1), ...load(16 * pair), ...F64_ADD, ...store(16 * pair)],
    ]),
    ...advance(0, 64),
    ...advance(1, 64),
  ]),
);

const divide = code(
  [[4, V128]],
  [
    ...[...get(3), ...F64_SPLAT, ...set(4)],
    ...[...i32Const(EXPONENT), ...I32_SPLAT, ...set(5)],
    ...whileBelow(0, 2, [
      ...[0, 1, 2, 3].flatMap((pair) => [
        ...[...get(1), ...get(0), ...load(16 * pair), ...get(4), ...F64_DIVIDE],
        ...[...DEMOTE, ...tee(6), ...storeTwoFloats(8 * pair)],
        ...[...get(6), ...get(5), ...AND, ...get(5), ...I32_EQUAL, ...get(7), ...OR, ...set(7)],
      ]),
      ...advance(0, 64),
      ...advance(1, 32),
    ]),
    ...[...get(7), ...ANY_TRUE, I32_EQZ],
  ],
);

const areFinite = code(
  [[2, V128]],
  [
    ...[...i32Const(EXPONENT), ...I32_SPLAT, ...set(2)],
    ...whileBelow(0, 1, [
      ...[0, 1].flatMap((four) => [
        ...[...get(0), ...load(16 * four), ...get(2), ...AND, ...get(2), ...I32_EQUAL],
        ...[...get(3), ...OR, ...set(3)],
      ]),
      ...advance(0, 32),
    ]),
    ...[...get(3), ...ANY_TRUE, I32_EQZ],
  ],
);

const FUNCTION_TYPE = 0x60;
const SHARED_WITH_MAXIMUM = 0x03;
const MAXIMUM_PAGES = 65_536;

/** Imports `env.memory`, a shared memory; exports the five functions by name. */
export const simdModuleBytes = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...section(1, [
    [FUNCTION_TYPE, ...list([[I32], [I32], [I32], [F64]]), ...list([])],
    [FUNCTION_TYPE, ...list([[I32], [I32], [I32]]), ...list([])],
    [FUNCTION_TYPE, ...list([[I32], [I32]]), ...list([[I32]])],
    [FUNCTION_TYPE, ...list([[I32], [I32], [I32], [F64]]), ...list([[I32]])],
  ]),
  ...section(2, [
    [
      ...name('env'),
      ...name('memory'),
      0x02,
      SHARED_WITH_MAXIMUM,
      ...unsigned(1),
      ...unsigned(MAXIMUM_PAGES),
    ],
  ]),
  ...section(3, [[0], [1], [2], [3], [0]]),
  ...section(7, [
    [...name('addWeighted'), 0x00, 0],
    [...name('add'), 0x00, 1],
    [...name('areFinite'), 0x00, 2],
    [...name('divide'), 0x00, 3],
    [...name('setWeighted'), 0x00, 4],
  ]),
  ...section(10, [addWeighted, add, areFinite, divide, setWeighted]),
]);

/** Repeats `body` while local `pointer` is below local `end`; once at least. */
function whileBelow(pointer: number, end: number, body: readonly number[]): number[] {
  return [0x03, 0x40, ...body, ...get(pointer), ...get(end), I32_LT_UNSIGNED, 0x0d, 0, END];
}

function advance(pointer: number, bytes: number): number[] {
  return [...get(pointer), ...i32Const(bytes), I32_ADD, ...set(pointer)];
}

function code(
  locals: readonly (readonly [count: number, type: number])[],
  body: readonly number[],
): number[] {
  const whole = [...list(locals.map(([count, type]) => [...unsigned(count), type])), ...body, END];
  return [...unsigned(whole.length), ...whole];
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const body = list(items);
  return [id, ...unsigned(body.length), ...body];
}

function list(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): number[] {
  return list(Array.from(new TextEncoder().encode(text), (byte) => [byte]));
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const rest = value >> 7;
  const isLast = (rest === 0 && (value & 0x40) === 0) || (rest === -1 && (value & 0x40) !== 0);
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(rest)];
}
