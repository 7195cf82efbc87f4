// The states of a conversation, the same at both ends, and what each end takes in each of them: the one table that the
// client and the coordinator read, and that docs/protocol.md prints.
//
//   connecting ──► greeting ──hello/welcome──► preparing ──ready──► ready ──► ended
import { WireError } from '../frames/codes.js';
import type { ControlType } from '../messages/control.js';

/** A coordinator's end begins at `greeting`, as its sockets are open when it first sees them. */
export type ConversationState = 'connecting' | 'greeting' | 'preparing' | 'ready' | 'ended';

export type Receiver = 'client' | 'coordinator';

/** By who receives, and its state: the messages that belong there. `part` continues a body that one of them opened. */
export const conversationStates = {
  coordinator: {
    connecting: [],
    greeting: ['hello'],
    preparing: ['want', 'ready', 'leave'],
    ready: ['want', 'update', 'failed', 'leave'],
    ended: [],
  },
  client: {
    connecting: [],
    greeting: ['welcome', 'commit', 'bye', 'error'],
    preparing: ['blob', 'commit', 'bye', 'error'],
    ready: ['blob', 'slices', 'work', 'ack', 'commit', 'bye', 'error'],
    ended: [],
  },
} as const satisfies Record<Receiver, Record<ConversationState, readonly ControlType[]>>;

/** Throws a `WireError` with code `unexpected-message` if `end` does not take a message of this type in `state`. */
export function checkTurn(end: Receiver, state: ConversationState, type: ControlType): void {
  const taken: readonly ControlType[] = conversationStates[end][state];
  if (taken.includes(type)) return;
  throw new WireError('unexpected-message', `Cannot take '${type}' while ${state}`);
}
