// A client that does what a test tells it, well or badly: raw frames over a socket, and the messages that come back.
import {
  type Control,
  type ControlInput,
  type ControlType,
  createAssembler,
  decodeFrame,
  encodeBodyMessage,
  encodeMessage,
  isMessage,
  type Message,
  spokenVersions,
} from '@starling/wire';
import { WebSocket } from 'ws';

export interface ScriptedClient {
  readonly socket: WebSocket;
  send<T extends ControlType>(type: T, control: ControlInput<T>): void;
  sendBody<T extends ControlType>(type: T, control: ControlInput<T>, body: Uint8Array): void;
  /** Reports to the work that came last, or as `change` says. */
  sendUpdate(body: Uint8Array, change?: Partial<ControlInput<'update'>>): void;
  /** Where a report belongs to the work that came last. */
  readonly asked: Control<'update'>;
  sendRaw(bytes: Uint8Array | string): void;
  /** The next message, which must be of this type. */
  next<T extends ControlType>(type: T): Promise<Message & { readonly type: T }>;
  /** Messages that came and were not asked for. */
  heard(): readonly Message[];
  /** The close code, once the socket is closed. */
  readonly closed: Promise<number>;
}

export async function scriptedClient(url: string): Promise<ScriptedClient> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const arrived: Message[] = [];
  const waiting: ((message: Message) => void)[] = [];
  const assembler = createAssembler();
  let stream = 0;
  let asked: Control<'update'> | null = null;
  socket.on('message', (data) => {
    const message = assembler.push(decodeFrame(data as Buffer, null));
    if (message === null) return;
    if (isMessage(message, 'work')) asked = addressOf(message.control);
    const waiter = waiting.shift();
    if (waiter === undefined) arrived.push(message);
    else waiter(message);
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.on('error', () => {});
  await new Promise((resolve) => socket.on('open', resolve));
  const scripted: ScriptedClient = {
    socket,
    closed,
    get asked() {
      if (asked === null) throw new Error('no work has come');
      return asked;
    },
    sendUpdate(body, change = {}) {
      scripted.sendBody('update', { ...(asked as Control<'update'>), ...change }, body);
    },
    heard: () => [...arrived],
    send: (type, control) => socket.send(encodeMessage(type, control)),
    sendBody(type, control, body) {
      for (const frame of encodeBodyMessage(type, control, body, { stream: ++stream })) socket.send(frame);
    },
    sendRaw: (bytes) => socket.send(bytes),
    async next(type) {
      const message = arrived.shift() ?? (await new Promise<Message>((resolve) => waiting.push(resolve)));
      if (!isMessage(message, type)) throw new Error(`need '${type}', got ${JSON.stringify(message)}`);
      return message;
    },
  };
  return scripted;
}

function addressOf({ run, round, attempt, phase, broadcast }: Control<'work'>): Control<'update'> {
  return { run, round, attempt, phase, broadcast };
}

export interface JoinedClient extends ScriptedClient {
  /** What it may come back with. */
  readonly proof: string | null;
}

/** Joins under a name, takes the plan's hash on trust, and is ready. */
export async function joinAs(
  url: string,
  client: string | null,
  proof: string | null = null,
  more: Partial<ControlInput<'hello'>> = {},
): Promise<JoinedClient> {
  const scripted = await scriptedClient(url);
  scripted.send('hello', { client, versions: spokenVersions, proof, ...more });
  const { control } = await scripted.next('welcome');
  const welcome = control as Control<'welcome'>;
  scripted.send('ready', { plan: welcome.plan.hash });
  return Object.assign(scripted, { proof: welcome.proof });
}
