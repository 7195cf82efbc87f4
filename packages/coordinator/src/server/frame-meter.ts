// What arrives on a socket below its messages: the meter reads the headers of WebSocket frames (RFC 6455, section 5.2)
// as bytes arrive, so that a message is known to be too long, or too slow, before it is complete.
const FINAL = 0x80;
const CONTROL = 0x08;
const MASKED = 0x80;
const MASK_BYTES = 4;
/** The most bytes of a header: two, eight of the length, four of the mask. */
const MAX_HEADER_BYTES = 14;

export interface FrameMeter {
  /** Takes the next bytes of the socket, however they are cut. */
  push(bytes: Uint8Array): void;
  /** Bytes of the message at hand that its frames so far announce, whether they are here or not; 0 between two. */
  readonly messageBytes: number;
  /** Whether a message has begun that is not complete. */
  readonly isInMessage: boolean;
  /** Messages that are complete. */
  readonly messages: number;
}

export function createFrameMeter(): FrameMeter {
  const header = new Uint8Array(MAX_HEADER_BYTES);
  let headerLength = 0;
  let payloadLeft = 0;
  let isPayload = false;
  let isFinal = false;
  let messageBytes = 0;
  let isOpen = false;
  let messages = 0;

  function needed(): number {
    if (headerLength < 2) return 2;
    const length = header[1]! & 0x7f;
    const extended = length === 126 ? 2 : length === 127 ? 8 : 0;
    return 2 + extended + ((header[1]! & MASKED) === 0 ? 0 : MASK_BYTES);
  }
  function payloadLength(): number {
    const length = header[1]! & 0x7f;
    const view = new DataView(header.buffer);
    if (length === 126) return view.getUint16(2);
    return length === 127 ? Number(view.getBigUint64(2)) : length;
  }
  function begin(): void {
    const isControl = (header[0]! & CONTROL) !== 0;
    payloadLeft = payloadLength();
    headerLength = 0;
    isPayload = true;
    isFinal = !isControl && (header[0]! & FINAL) !== 0;
    if (isControl) return;
    isOpen = true;
    messageBytes += payloadLeft;
  }
  function end(): void {
    isPayload = false;
    if (!isFinal) return;
    isOpen = false;
    isFinal = false;
    messageBytes = 0;
    messages++;
  }

  return {
    push(bytes) {
      let at = 0;
      while (at < bytes.length || (isPayload && payloadLeft === 0)) {
        if (isPayload) {
          const taken = Math.min(payloadLeft, bytes.length - at);
          at += taken;
          payloadLeft -= taken;
          if (payloadLeft === 0) end();
          continue;
        }
        header[headerLength++] = bytes[at++]!;
        if (headerLength >= 2 && headerLength === needed()) begin();
      }
    },
    get messageBytes() {
      return messageBytes;
    },
    get isInMessage() {
      return isOpen || headerLength > 0 || isPayload;
    },
    get messages() {
      return messages;
    },
  };
}
