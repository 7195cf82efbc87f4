// Messages over frames: a message is a type, a control part and perhaps a body; a body longer than a chunk goes
// on in `part` frames. Sending cuts a body into frames; an assembler puts the frames of one socket together.
import { type WireCode, WireError } from '../frames/codes.js';
import { encodeFrame, type Frame } from '../frames/frame.js';
import { CHUNK_BYTES, defaultLimits, type WireLimits } from '../frames/limits.js';
import {
  type Control,
  type ControlInput,
  type ControlMessage,
  type ControlType,
  decodeControl,
  encodeControl,
} from './control.js';

/** Message types whose body is required; the others have none. */
const withBody: ReadonlySet<ControlType> = new Set(['blob', 'work', 'update', 'slices']);
const needsBody = ({ type, control }: ControlMessage): boolean =>
  withBody.has(type) && !(type === 'work' && control.elsewhere);

/** A message as it arrived: `body` holds its bytes from the first on, those of an earlier socket included. */
export type Message = ControlMessage & { readonly body: Uint8Array | null };

/** A body on its way when its socket was cut: kept so that the next socket can continue from `received`. */
export interface PartialBody {
  readonly message: ControlMessage;
  readonly bytes: Uint8Array;
  readonly received: number;
}

/** A message without a body, as one frame, of the highest version that is spoken here, unless another is given. */
export function encodeMessage<T extends ControlType>(
  type: T,
  control: ControlInput<T>,
  version?: number,
): Uint8Array {
  return encodeFrame({
    type,
    control: encodeControl(type, control),
    ...(version !== undefined && { version }),
  });
}

/** Gives memory of that many bytes, of any content, that the frame of a body may have for its own. */
type Take = (bytes: number) => Uint8Array;

/**
 * A message with a body: its frames in order, in memory that `take` gives, by default fresh. `from` leaves out bytes
 * that the receiver has.
 */
export function encodeBodyMessage<T extends ControlType>(
  type: T,
  control: ControlInput<T>,
  body: Uint8Array,
  options: {
    readonly stream: number;
    readonly from?: number;
    readonly chunkBytes?: number;
    readonly take?: Take;
  },
): Uint8Array[] {
  const { stream, from = 0, chunkBytes = CHUNK_BYTES, take } = options;
  const end = Math.min(from + chunkBytes, body.length);
  const first = encodeFrame(
    {
      type,
      control: encodeControl(type, control),
      stream,
      offset: from,
      total: body.length,
      part: body.subarray(from, end),
    },
    take,
  );
  return [first, ...bodyParts(body, { ...options, from: end })];
}

/** The frame that announces a body whose parts follow on their own, from `from` on (see `bodyParts`). */
export function encodeBodyHead<T extends ControlType>(
  type: T,
  control: ControlInput<T>,
  options: { readonly stream: number; readonly from: number; readonly total: number },
): Uint8Array {
  const { stream, from, total } = options;
  return encodeFrame({ type, control: encodeControl(type, control), stream, offset: from, total });
}

/** A body as `part` frames. They name no client, so that one list serves every socket. */
export function bodyParts(
  body: Uint8Array,
  options: {
    readonly stream: number;
    readonly from?: number;
    readonly chunkBytes?: number;
    readonly take?: Take;
  },
): Uint8Array[] {
  const { stream, from = 0, chunkBytes = CHUNK_BYTES, take } = options;
  const frames: Uint8Array[] = [];
  for (let offset = from; offset < body.length; offset += chunkBytes) {
    const part = body.subarray(offset, Math.min(offset + chunkBytes, body.length));
    frames.push(encodeFrame({ type: 'part', stream, offset, total: body.length, part }, take));
  }
  return frames;
}

export interface AssemblerOptions {
  readonly limits?: WireLimits;
  /** The most bytes that the body of this message may have; throws to refuse the message before its body. */
  maxBodyBytes?(message: ControlMessage): number;
  /** What is here of this message's body already, from an earlier socket. */
  resume?(message: ControlMessage): PartialBody | null;
  /** Gives bytes, of any content, for a body of several frames. Default: fresh ones. */
  take?(bytes: number): Uint8Array;
}

export interface Assembler {
  /** Takes the next frame of the socket; gives the message that it completes. Throws a `WireError`. */
  push(frame: Frame): Message | null;
  /** Bodies that are not complete. */
  unfinished(): readonly PartialBody[];
}

interface OpenBody {
  readonly message: ControlMessage;
  readonly bytes: Uint8Array;
  received: number;
}

/** Puts the frames of one socket, in order of arrival, together to messages. Bodies may interleave. */
export function createAssembler(options: AssemblerOptions = {}): Assembler {
  const { limits = defaultLimits, take = (bytes) => new Uint8Array(bytes) } = options;
  const open = new Map<number, OpenBody>();

  function start(frame: Frame, type: ControlType): Message | null {
    const message = decodeControl(type, frame.control);
    const hasBody = frame.stream !== 0;
    const needs = needsBody(message);
    if (hasBody !== needs || (hasBody ? frame.total === 0 : carriesBytes(frame))) {
      throw refuse('stream-unexpected', `'${type}' ${needs ? 'needs' : 'must not have'} a body`);
    }
    if (!hasBody) return { ...message, body: null };
    if (open.has(frame.stream)) throw refuse('stream-unexpected', `stream ${frame.stream} is open already`);
    if (open.size >= limits.maxStreams) {
      throw refuse('too-many-streams', `at most ${limits.maxStreams} bodies may be open at once`);
    }
    const maxBytes = Math.min(limits.maxBodyBytes, options.maxBodyBytes?.(message) ?? limits.maxBodyBytes);
    if (frame.total > maxBytes) {
      throw refuse('body-too-big', `the body of '${type}' may have ${maxBytes} bytes, got ${frame.total}`);
    }
    const body = openBody(message, frame, options.resume?.(message) ?? null, take);
    if (frame.offset === 0 && frame.part.length === frame.total) return { ...message, body: frame.part };
    open.set(frame.stream, body);
    return append(body, frame);
  }

  function append(body: OpenBody, frame: Frame): Message | null {
    if (frame.total !== body.bytes.length || frame.offset + frame.part.length > frame.total) {
      throw refuse(
        'stream-bad-total',
        `a body of ${body.bytes.length} bytes got a part that reaches past it`,
      );
    }
    if (frame.offset !== body.received) {
      throw refuse('stream-bad-offset', `need the part at byte ${body.received}, got ${frame.offset}`);
    }
    body.bytes.set(frame.part, frame.offset);
    body.received += frame.part.length;
    if (body.received < frame.total) return null;
    open.delete(frame.stream);
    return { ...body.message, body: body.bytes };
  }

  return {
    push(frame) {
      if (frame.type !== 'part') return start(frame, frame.type);
      const body = open.get(frame.stream);
      if (body === undefined) throw refuse('stream-unknown', `stream ${frame.stream} is not open`);
      if (frame.control.length > 0) throw refuse('control-invalid', `'part' has no control part`);
      if (frame.part.length === 0) throw refuse('stream-bad-offset', 'a part must not be empty');
      return append(body, frame);
    },
    unfinished: () => [...open.values()],
  };
}

/** A buffer for the body: what an earlier socket left of it, cut back to where this one begins, or a fresh one. */
function openBody(
  message: ControlMessage,
  frame: Frame,
  held: PartialBody | null,
  take: (bytes: number) => Uint8Array,
): OpenBody {
  const usable = held !== null && held.bytes.length === frame.total && held.received >= frame.offset;
  if (usable) return { message, bytes: held.bytes, received: frame.offset };
  if (frame.offset !== 0) {
    throw refuse(
      'stream-bad-offset',
      `a body must begin at byte 0, or at one that is held; got ${frame.offset}`,
    );
  }
  if (frame.part.length > frame.total) {
    throw refuse('stream-bad-total', `a body of ${frame.total} bytes got ${frame.part.length}`);
  }
  // A body that one frame completes is given as a view of that frame; nothing to allocate.
  const whole = frame.part.length === frame.total;
  return { message, bytes: whole ? frame.part : take(frame.total), received: 0 };
}

function carriesBytes(frame: Frame): boolean {
  return frame.part.length > 0 || frame.total !== 0 || frame.offset !== 0;
}

function refuse(code: WireCode, need: string): WireError {
  return new WireError(code, `Cannot take a frame: ${need}`);
}

/** Narrows a message to one type, with its control. */
export function isMessage<T extends ControlType>(
  message: Message,
  type: T,
): message is Message & { readonly type: T; readonly control: Control<T> } {
  return message.type === type;
}
