// Half of a cohort sends poison in each round: NaN, infinities, other types and shapes, weights beyond measure, finite
// values beyond it, and bytes that are no update. The model must stay finite, each refusal be counted by its reason,
// and every honest report count.
import type { Tensor } from '@starling/federated-core';
import { encodeLeaves } from '@starling/plan/safetensors';
import {
  type Control,
  createAssembler,
  decodeFrame,
  encodeBodyMessage,
  encodeMessage,
  isMessage,
  spokenVersions,
} from '@starling/wire';
import { WebSocket } from 'ws';
import { startAttacked } from './attacked-processes.js';
import { HONEST } from './attacked-run.js';

const MAX_NORM = 10;
const MAX_WEIGHT = 100;

const float = (value: number): Tensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });
const update = (...leaves: readonly Tensor[]): Uint8Array => encodeLeaves(leaves);
const good = float(0.5);

/** What a poisoner sends for a fraction and its weight, and the reason for which it is refused. */
const POISONS: readonly (readonly [reason: string, body: Uint8Array])[] = [
  ['non-finite-update', update(float(Number.NaN), good)],
  ['non-finite-update', update(float(Number.POSITIVE_INFINITY), good)],
  ['non-finite-update', update(float(Number.NEGATIVE_INFINITY), good)],
  ['non-finite-update', update(good, float(1e308))], // infinite, as a float32
  ['non-finite-update', update(good, float(Number.NaN))],
  ['invalid-weight', update(good, float(-1))],
  ['weight-too-large', update(good, float(3e38))],
  ['norm-too-large', update(float(1e30), good)],
  ['wrong-update', update({ dtype: 'float32', shape: [1], data: Float32Array.of(0.5) }, good)],
  ['wrong-update', update({ dtype: 'int32', shape: [], data: Int32Array.of(1) }, good)],
  ['bad-body', new Uint8Array(40)],
];

/** `count`: rounds. */
export async function sendPoison(count: number) {
  /** What was answered, by reason. */
  const heard: Record<string, number> = {};
  const sockets: WebSocket[] = [];
  const poisonAll = (url: string): void => {
    for (let index = 0; index < HONEST; index++) {
      const [expected, body] = POISONS[index % POISONS.length]!;
      sockets.push(
        poison(url, `client-${HONEST + index}`, body, ({ status, code }) => {
          const key =
            status === 'rejected' && code === expected ? code : `${status} ${code}, not ${expected}`;
          heard[key] = (heard[key] ?? 0) + 1;
        }),
      );
    }
  };
  const bounds = { maxUpdateNorm: MAX_NORM, maxWeight: MAX_WEIGHT };
  const attacked = await startAttacked({ cohort: 2 * HONEST, ...bounds }, undefined, poisonAll);
  const values: number[] = [];
  while (values.length < count && attacked.isAlive) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    values.push(
      ...attacked.lines().flatMap(({ metrics }) => (metrics === undefined ? [] : [Number(metrics)])),
    );
  }
  const soFar = { ...heard };
  const [accepted, rounds, refused] = await Promise.all([
    attacked.total('starling_updates_accepted_total'),
    attacked.total('starling_rounds_total'),
    attacked.byReason('starling_updates_rejected_total'),
  ]);
  const { isAlive } = attacked;
  attacked.stop();
  const missing = Object.keys(soFar).filter((reason) => (refused[reason] ?? 0) < soFar[reason]!);
  for (const socket of sockets) socket.terminate();
  return {
    sent: Object.values(refused).reduce((sum, each) => sum + each, 0),
    refused,
    rounds,
    faults: [
      ...(isAlive ? [] : ['the coordinator ended']),
      ...(values.every(Number.isFinite) ? [] : ['the model is not finite']),
      // What was answered for another reason than it was sent for is no reason that is counted.
      ...(missing.length === 0 ? [] : [`not counted as such: ${missing.join('; ')}`]),
      // A round is on its way when both are read.
      ...(accepted >= HONEST * rounds && accepted <= HONEST * (rounds + 1)
        ? []
        : [`${accepted} honest updates count in ${rounds} rounds`]),
    ],
  };
}

/** A client that answers each piece of work with the same bytes. */
function poison(
  url: string,
  client: string,
  body: Uint8Array,
  answered: (ack: Control<'ack'>) => void,
): WebSocket {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const assembler = createAssembler();
  let stream = 0;
  socket.on('error', () => {});
  socket.on('open', () => socket.send(encodeMessage('hello', { client, versions: spokenVersions })));
  socket.on('message', (data) => {
    const message = assembler.push(decodeFrame(data as Buffer, null));
    if (message === null) return;
    if (isMessage(message, 'welcome'))
      socket.send(encodeMessage('ready', { plan: message.control.plan.hash }));
    else if (isMessage(message, 'ack')) answered(message.control);
    else if (isMessage(message, 'work')) {
      const { run, round, attempt, phase, broadcast } = message.control;
      const at = { run, round, attempt, phase, broadcast };
      for (const frame of encodeBodyMessage('update', at, body, { stream: ++stream })) socket.send(frame);
    }
  });
  return socket;
}
