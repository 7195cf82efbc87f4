// A coordinator that does what a test tells it, without sockets: it hears what clients say, and answers frame by frame.
import {
  type ControlInput,
  type ControlType,
  createAssembler,
  decodeFrame,
  encodeBodyMessage,
  encodeMessage,
  isMessage,
  type Message,
} from '@starling/wire';
import type { ClientSocket, Connect, SocketEvents } from '../core/socket.js';

export interface ScriptedLine {
  /** The next message of the client, which must be of this type. */
  next<T extends ControlType>(type: T): Promise<Message & { readonly type: T }>;
  say<T extends ControlType>(type: T, control: ControlInput<T>): void;
  sayBody<T extends ControlType>(type: T, control: ControlInput<T>, body: Uint8Array, from?: number): void;
  /** The frames of a message, to be sent one by one with `sayRaw`. */
  sayRaw(frame: Uint8Array | null): void;
  ping(): void;
  cut(): void;
  /** Resolves when the client ends the connection. */
  readonly closed: Promise<string>;
}

export interface ScriptedCoordinator {
  readonly connect: Connect;
  /** The next connection that a client makes. */
  accept(): Promise<ScriptedLine>;
  /** While true, connections fail. */
  down: boolean;
}

/** A queue of which each item is waited for. */
function queue<T>() {
  const items: T[] = [];
  const waiting: ((item: T) => void)[] = [];
  return {
    push(item: T) {
      const waiter = waiting.shift();
      if (waiter === undefined) items.push(item);
      else waiter(item);
    },
    async take(): Promise<T> {
      return items.length > 0 ? (items.shift() as T) : new Promise((resolve) => waiting.push(resolve));
    },
  };
}

export function scriptedCoordinator(): ScriptedCoordinator {
  const lines = queue<ScriptedLine>();
  const coordinator: ScriptedCoordinator = {
    down: false,
    accept: () => lines.take(),
    connect(_url, events) {
      if (coordinator.down) {
        queueMicrotask(() => events.close(1006, 'refused'));
        return { send() {}, close() {}, terminate() {} };
      }
      const { line, socket } = openLine(events);
      queueMicrotask(() => {
        lines.push(line);
        events.open();
      });
      return socket;
    },
  };
  return coordinator;
}

function openLine(events: SocketEvents): { readonly line: ScriptedLine; readonly socket: ClientSocket } {
  const heard = queue<Message>();
  const assembler = createAssembler();
  let isOpen = true;
  let ended = (_how: string) => {};
  const closed = new Promise<string>((resolve) => {
    ended = resolve;
  });
  const end = (code: number, how: string) => {
    if (!isOpen) return;
    isOpen = false;
    ended(how);
    queueMicrotask(() => events.close(code, how));
  };
  const hear = (frame: Uint8Array | null) => {
    if (isOpen) queueMicrotask(() => events.message(frame)); // in order, and before a cut that follows
  };
  return {
    socket: {
      send(frame) {
        const message = assembler.push(decodeFrame(frame));
        if (message !== null) heard.push(message);
      },
      close: (code, reason) => end(code, reason),
      terminate: () => end(1006, 'terminated'),
    },
    line: {
      async next(type) {
        const message = await heard.take();
        if (!isMessage(message, type)) throw new Error(`need '${type}', got ${JSON.stringify(message)}`);
        return message;
      },
      say: (type, control) => hear(encodeMessage(type, control)),
      sayBody(type, control, body, from = 0) {
        for (const frame of encodeBodyMessage(type, control, body, { stream: 1, from })) hear(frame);
      },
      sayRaw: hear,
      ping: () => events.ping(),
      cut: () => end(1006, 'cut'),
      closed,
    },
  };
}
