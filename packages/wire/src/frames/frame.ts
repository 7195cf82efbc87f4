// One WebSocket message as bytes: a header of 32 bytes, a control part (JSON), and a part of a body.
// All numbers are unsigned, little-endian; docs/protocol.md draws the same table.
//
//   0  magic    'STRL'            16  stream   names the body on its socket; 0: no body
//   4  version                    20  offset   where this part begins in the body
//   5  type     see messageTypes  24  total    length of the whole body
//   6  0 0      reserved          28  0 0 0 0  reserved
//   8  controlLength              32  control, padded with spaces to a multiple of 8
//  12  partLength                 …   part
import { WireError } from './codes.js';
import { defaultLimits, type WireLimits } from './limits.js';
import { spokenVersions } from './versions.js';

export const HEADER_BYTES = 32;
const MAGIC = 0x4c52_5453; // 'STRL' read as a little-endian word
const ALIGNMENT = 8; // so that float64 views of a body need no copy
const SPACE = 0x20;
const MAX_UINT32 = 0xffff_ffff;

/** The type byte of each message; `part` continues a body that another message opened. */
export const messageTypes = {
  part: 0,
  hello: 1,
  welcome: 2,
  want: 3,
  blob: 4,
  ready: 5,
  work: 6,
  update: 7,
  failed: 8,
  ack: 9,
  leave: 10,
  bye: 11,
  error: 12,
  slices: 13,
  commit: 14,
} as const;

export type MessageType = keyof typeof messageTypes;
const typeNames = new Map<number, MessageType>(
  Object.entries(messageTypes).map(([name, byte]) => [byte, name as MessageType]),
);

export interface Frame {
  /** Of the protocol: in `hello` the lowest that its sender speaks, then the one that was agreed on. */
  readonly version: number;
  readonly type: MessageType;
  /** JSON text in UTF-8; empty for `part`. */
  readonly control: Uint8Array;
  readonly stream: number;
  readonly offset: number;
  readonly total: number;
  readonly part: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/**
 * The bytes of a frame: control and part are copied into one buffer, which `take` gives, of any content; by default a
 * fresh one. Version: by default the highest spoken.
 */
export function encodeFrame(
  frame: Partial<Frame> & Pick<Frame, 'type'>,
  take: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
): Uint8Array {
  const { version = spokenVersions.highest, type, control = NOTHING, part = NOTHING } = frame;
  const { stream = 0, offset = 0, total = 0 } = frame;
  for (const number of [stream, offset, total]) {
    if (!(Number.isInteger(number) && number >= 0 && number <= MAX_UINT32)) {
      throw new RangeError(`Cannot encode a frame: need unsigned 32-bit numbers, got ${number}`);
    }
  }
  const controlLength = Math.ceil(control.length / ALIGNMENT) * ALIGNMENT;
  const bytes = take(HEADER_BYTES + controlLength + part.length);
  bytes.fill(0, 0, HEADER_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, version);
  view.setUint8(5, messageTypes[type]);
  view.setUint32(8, controlLength, true);
  view.setUint32(12, part.length, true);
  view.setUint32(16, stream, true);
  view.setUint32(20, offset, true);
  view.setUint32(24, total, true);
  bytes.fill(SPACE, HEADER_BYTES, HEADER_BYTES + controlLength);
  bytes.set(control, HEADER_BYTES);
  bytes.set(part, HEADER_BYTES + controlLength);
  return bytes;
}

/**
 * Reads a frame; its control and part are views of `bytes`. Throws a `WireError` and nothing else. `agreed`: the
 * version that it must be of; `null` for any, until two ends have agreed on one: a header is the same in all.
 */
export function decodeFrame(
  bytes: Uint8Array,
  agreed: number | null = spokenVersions.highest,
  limits: WireLimits = defaultLimits,
): Frame {
  if (bytes.length < HEADER_BYTES) {
    throw new WireError(
      'frame-too-short',
      `Cannot read a frame: need ${HEADER_BYTES} bytes, got ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) {
    throw new WireError('frame-bad-magic', 'Cannot read a frame: its first four bytes must be STRL');
  }
  const version = view.getUint8(4);
  if (agreed !== null && version !== agreed) {
    throw new WireError(
      'unsupported-version',
      `Cannot read a frame: need protocol version ${agreed}, got ${version}`,
    );
  }
  const type = typeNames.get(view.getUint8(5));
  if (type === undefined) {
    throw new WireError('frame-unknown-type', `Cannot read a frame: no message has type ${view.getUint8(5)}`);
  }
  if (view.getUint16(6, true) !== 0 || view.getUint32(28, true) !== 0) {
    throw new WireError('frame-reserved', 'Cannot read a frame: reserved bytes must be 0');
  }
  const controlLength = view.getUint32(8, true);
  const partLength = view.getUint32(12, true);
  if (controlLength > limits.maxControlBytes) {
    throw new WireError(
      'control-too-big',
      `Cannot read a frame: the control part may have ${limits.maxControlBytes} bytes, got ${controlLength}`,
    );
  }
  if (partLength > limits.maxPartBytes) {
    throw new WireError(
      'frame-too-big',
      `Cannot read a frame: a part may have ${limits.maxPartBytes} bytes, got ${partLength}`,
    );
  }
  if (controlLength % ALIGNMENT !== 0 || HEADER_BYTES + controlLength + partLength !== bytes.length) {
    throw new WireError(
      'frame-bad-length',
      `Cannot read a frame: control (${controlLength}) must be a multiple of ${ALIGNMENT} and add up with part ` +
        `(${partLength}) and header to the message, got ${bytes.length} bytes`,
    );
  }
  const partStart = HEADER_BYTES + controlLength;
  return {
    version,
    type,
    control: bytes.subarray(HEADER_BYTES, partStart),
    stream: view.getUint32(16, true),
    offset: view.getUint32(20, true),
    total: view.getUint32(24, true),
    part: bytes.subarray(partStart),
  };
}
