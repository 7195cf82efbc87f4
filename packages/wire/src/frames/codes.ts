// The error codes of the wire: stable words that both sides, logs and docs/protocol.md share, with the
// WebSocket close code that goes with each. A code is never renamed or given a second meaning.
import { StarlingError } from '@starling/federated-core';
import type { RejectionCode } from '@starling/federated-core/plan';
import { boundReason } from './reason.js';

type Entry = readonly [closeCode: number, meaning: string];

/** Code → [WebSocket close code, what it means]. Close code 0: expressed in an `ack`, the socket stays open. */
export const wireCodes = {
  'frame-too-short': [4400, 'A message is shorter than the 32-byte header.'],
  'frame-bad-magic': [4400, 'The first four bytes are not STRL.'],
  'frame-bad-length': [4400, 'The lengths in the header do not add up to the length of the message.'],
  'frame-unknown-type': [4400, 'The type byte names no message.'],
  'frame-reserved': [4400, 'A reserved byte is not zero.'],
  'frame-not-binary': [4400, 'A text message arrived; every message is binary.'],
  'control-bad-json': [4400, 'The control part is not UTF-8 JSON.'],
  'control-invalid': [4400, 'The control part is JSON, but not what its type asks for.'],
  'stream-unknown': [4400, 'A part continues a body that was never opened, or that is complete.'],
  'stream-bad-offset': [4400, 'A part does not begin where the part before it ended.'],
  'stream-bad-total': [4400, 'A part changes the length of its body, or reaches past it.'],
  'stream-unexpected': [4400, 'A body came with a message that has none, or none with one that needs one.'],
  'blob-bad-hash': [4400, 'The bytes of a blob do not hash to its name.'],
  unauthorized: [4401, 'The join token is missing or wrong.'],
  'unknown-client': [4403, 'The population has no client of that name.'],
  'no-free-client': [4403, 'Every client of the population is taken; try again later.'],
  'no-run': [4403, 'No run here has a place for this client now; come back later.'],
  'unknown-run': [4403, 'The run that the client wants is not here.'],
  'type-mismatch': [4403, 'The data that the client holds does not fit the plan.'],
  'plan-not-pinned': [4403, 'The plan is not among those that the client agrees to run.'],
  'unsupported-version': [4406, 'The protocol version in the header is not spoken here.'],
  'too-slow': [4408, 'A message or a body took too long, or what was sent is not read.'],
  'handshake-timeout': [4408, 'No hello, or no ready, in the time allowed.'],
  'heartbeat-timeout': [4408, 'No answer to a ping in the time allowed.'],
  replaced: [4409, 'The client came back on another socket, and proved that it is the same one.'],
  'name-taken': [4409, 'Another socket is joined under this client name; come back when it has gone.'],
  'frame-too-big': [4413, 'A message is longer than a frame may be.'],
  'control-too-big': [4413, 'A control part is longer than allowed.'],
  'body-too-big': [4413, 'A body is longer than the plan can need.'],
  'too-many-streams': [4413, 'More bodies are open at once than allowed.'],
  'unexpected-message': [4422, 'The message does not belong to this state of the conversation.'],
  'unknown-blob': [4422, 'A blob was asked for that the plan does not name.'],
  'too-many-messages': [4429, 'More messages in a second than allowed.'],
  'too-many-hellos': [4429, 'More attempts to join than allowed; come back later.'],
  'too-many-blobs': [4429, 'More blobs are asked for and not read than the plan has.'],
  internal: [4500, 'The coordinator failed; the fault is its own.'],
  'shutting-down': [1001, 'The coordinator is going down; come back later.'],
  'other-run': [0, 'The update is for another run; it counts for nothing.'],
  'other-attempt': [0, 'The update is for another attempt at the round; it counts for nothing.'],
  'other-work': [0, 'The update is for another phase or broadcast of the attempt; it counts for nothing.'],
  'round-over': [0, 'The update is for a round that has ended; it counts for nothing.'],
  'not-in-cohort': [0, 'The update is from a client that the round did not ask; it counts for nothing.'],
  'duplicate-update': [0, 'The client has already reported in this round; only the first report counts.'],
  'bad-body': [0, 'The update is not safetensors.'],
  'wrong-update': [0, 'The update is not the leaves, element types and shapes that the plan asks for.'],
  'non-finite-update': [0, 'The update holds a NaN or an infinity.'],
  'state-lost': [
    0,
    'The client says that it no longer holds the version of its state that it was asked to read.',
  ],
  'broadcast-lost': [
    0,
    'The client says that the broadcast did not come to any other socket of its process.',
  ],
  'non-finite-state': [0, 'The client says that its own new state holds a NaN or an infinity.'],
  'invalid-weight': [0, 'The weight of the update is negative.'],
  'out-of-range': [0, 'The update holds a number outside the range that its aggregation takes.'],
  'key-out-of-range': [0, 'The update names a key that its aggregation does not have.'],
  'too-many-keys': [0, 'The update asks for more slices than a client may.'],
  'norm-too-large': [0, 'The update holds a value for a mean that is longer than the operator allows.'],
  'weight-too-large': [0, 'The update weighs more than the operator allows.'],
  'load-failed': [0, 'The client says that its data cannot be had.'],
  'bad-data': [0, 'The client says that its data is not of the type that it declared.'],
  'work-failed': [0, 'The client says that its work failed.'],
  left: [0, 'The client has said that it will not be back.'],
  'not-needed': [0, 'Enough others have reported, so that this one was not waited for.'],
  deadline: [0, 'Nothing arrived before the deadline of the round.'],
} as const satisfies Record<RejectionCode, Entry> & Record<string, Entry>;

export type WireCode = keyof typeof wireCodes;

/** What is wrong with a message, a frame or a conversation, under a code that docs/protocol.md lists; in one line. */
export class WireError extends StarlingError {
  declare readonly code: WireCode;
  constructor(code: WireCode, message: string, options?: { readonly cause?: unknown }) {
    super(code, boundReason(message), options); // it may quote what the other end sent
  }
  /** The WebSocket close code that ends a conversation for this reason. */
  get closeCode(): number {
    return wireCodes[this.code][0];
  }
}

/** Reasons that waiting may fix: a client that a coordinator ends for one of them comes back. */
export const passingCodes: ReadonlySet<string> = new Set<WireCode>([
  'no-free-client',
  'no-run',
  'name-taken',
  'too-many-hellos',
  'too-slow',
  'handshake-timeout',
  'heartbeat-timeout',
  'shutting-down',
  'internal',
]);

/** Whether a code that came over the wire is one of ours. */
export function isWireCode(code: string): code is WireCode {
  return Object.hasOwn(wireCodes, code);
}
