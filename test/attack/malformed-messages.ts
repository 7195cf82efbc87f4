// 100,000 messages that are none, each on a socket that it ends: random bytes, frames that are cut or lie about their
// lengths, control parts that are no JSON or nested too deeply, messages out of turn.
import { encodeFrame, encodeMessage, spokenVersions } from '@starling/wire';
import { atOnce } from './at-once.js';
import { startAttacked } from './attacked-processes.js';
import { openWebSocket, rawFrame, targetOf } from './raw-socket.js';

const text = (control: string): Uint8Array => new TextEncoder().encode(control);
const hello = encodeMessage('hello', { client: null, versions: spokenVersions });
const DEPTH = 7000;

/** Of the number of the message, so that the same run sends the same. */
const kinds: readonly ((index: number) => Uint8Array)[] = [
  (index) => Uint8Array.from({ length: 1 + (index % 200) }, (_, at) => (index * 31 + at * 7) % 256),
  (index) => hello.subarray(0, index % hello.length),
  (index) => spoilt(hello, index),
  (index) => encodeFrame({ type: 'hello', control: text('{'.repeat(1 + (index % 50))) }),
  () => encodeFrame({ type: 'hello', control: text(`{"client":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`) }),
  () =>
    encodeFrame({ type: 'hello', control: text('{"client":{"__proto__":{}},"__proto__":{"token":"x"}}') }),
  () => encodeMessage('ready', { plan: 'f'.repeat(64) }),
  () => encodeFrame({ type: 'part', part: new Uint8Array(100) }),
  () => encodeFrame({ type: 'update', control: text('{}'), stream: 1, total: 2 ** 31 }),
];

/** The magic at its front is broken: whatever else is spoilt may still be a message. */
function spoilt(bytes: Uint8Array, index: number): Uint8Array {
  const changed = bytes.slice();
  changed[0]! ^= 1 + (index % 255);
  return changed;
}

const SOCKETS = 100;

export async function sendMalformed(count: number) {
  const attacked = await startAttacked({ token: 'murmuration' });
  const target = targetOf(attacked.url);
  attacked.lines();
  await atOnce(SOCKETS, count, async (index) => {
    const raw = await openWebSocket(target);
    raw.socket.write(rawFrame(kinds[index % kinds.length]!(index)));
    await Promise.race([raw.closed, new Promise((resolve) => raw.socket.once('data', resolve))]);
    raw.socket.destroy(); // the next one waits for no goodbye
  });
  const refused = await attacked.byReason('starling_refused_total');
  const { rounds, faults } = attacked.end();
  const total = Object.values(refused).reduce((sum, each) => sum + each, 0);
  return {
    sent: count,
    refused,
    rounds,
    faults: [
      ...faults,
      ...(total === count ? [] : [`${total} were counted`]),
      ...(refused['internal'] === undefined ? [] : ['some were answered `internal`']),
    ],
  };
}
