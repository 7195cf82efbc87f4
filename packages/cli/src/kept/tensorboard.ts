// A record as an event file of TensorBoard: TFRecord (a length, the masked CRC-32C of it, an Event in protocol-buffer
// bytes, its masked CRC-32C), one summary a round, with each number under its name. Formats: tensorflow/core/lib/io/
// record_writer.h and tensorflow/core/util/event.proto.
import type { RecordLine } from '@starling/runtime/events';
import { shownFields } from '@starling/runtime/events';
import { namedNumbers } from '../output/metrics.js';
import { maskedCrc32c } from './crc32c.js';

/** The file's name must have this in it, or TensorBoard passes it over. */
export const EVENT_FILE = 'events.out.tfevents.starling';

/** Seconds since 1970 of each event: the run's start, and the time that its rounds took. */
export function tensorboardEvents(lines: readonly RecordLine[]): Uint8Array {
  const line = lines.findLast((each) => each.type === 'run');
  let seconds = Date.parse(line?.startedAt ?? '1970-01-01T00:00:00Z') / 1000;
  const events = [event(seconds, 0, text(3, 'brain.Event:2'))];
  for (const round of lines) {
    if (round.type !== 'round') continue;
    seconds += round.wallMs / 1000;
    const { cohort, accepted, rejected, dropped, wallMs } = round;
    const counts = Object.entries({ cohort, accepted, rejected, dropped, wallMs });
    const values = [
      ...namedNumbers(shownFields(round)),
      ...counts.map(([name, value]) => [`round.${name}`, value] as const),
    ];
    // TensorBoard groups tags by what stands before the first slash.
    const summary = values.map(([name, value]) =>
      bytes(1, joined([text(1, name.replace('.', '/')), float(2, value)])),
    );
    events.push(event(seconds, round.round, bytes(5, joined(summary))));
  }
  return joined(events.map(framed));
}

function event(seconds: number, step: number, what: Uint8Array): Uint8Array {
  return joined([double(1, seconds), Uint8Array.of((2 << 3) | 0, ...varint(step)), what]);
}

function framed(data: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(12));
  head.setBigUint64(0, BigInt(data.length), true);
  head.setUint32(8, maskedCrc32c(new Uint8Array(head.buffer, 0, 8)), true);
  const tail = new DataView(new ArrayBuffer(4));
  tail.setUint32(0, maskedCrc32c(data), true);
  return joined([new Uint8Array(head.buffer), data, new Uint8Array(tail.buffer)]);
}

/** Fields of a message: a key of number and kind (0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes). */
function bytes(field: number, content: Uint8Array): Uint8Array {
  return joined([Uint8Array.of((field << 3) | 2, ...varint(content.length)), content]);
}

function text(field: number, content: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(content));
}

function double(field: number, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(9));
  view.setUint8(0, (field << 3) | 1);
  view.setFloat64(1, value, true);
  return new Uint8Array(view.buffer);
}

function float(field: number, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(5));
  view.setUint8(0, (field << 3) | 5);
  view.setFloat32(1, value, true);
  return new Uint8Array(view.buffer);
}

/** Seven bits a byte, the lowest first; of whole numbers to 2^53. */
function varint(value: number): readonly number[] {
  const digits: number[] = [];
  let left = value;
  while (left >= 0x80) {
    digits.push((left % 0x80) | 0x80);
    left = Math.floor(left / 0x80);
  }
  return [...digits, left];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
