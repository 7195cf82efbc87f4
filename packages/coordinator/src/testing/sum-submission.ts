// The sum plan as a submission, and clients for it: what tests of a server of runs submit.
import { tensor } from '@starling/federated-core';
import { encodeLeaves } from '@starling/plan/safetensors';
import { uniformSampler } from '@starling/population';
import { type SubmissionOptions, writeSubmission } from '@starling/runtime/submission';
import { type ScriptedClient, scriptedClient } from './scripted-client.js';
import { namesOnly, sumPlan } from './sum-plan.js';

const factor = tensor('float32', [], Float32Array.of(3));

/** Each round sums what two clients send. */
export const sumRun = (rounds = 2): SubmissionOptions['run'] => ({
  prepared: { plan: sumPlan(), initialize: null, arguments: [factor], finiteState: false },
  population: namesOnly(2),
  sampler: uniformSampler({ cohortSize: 2 }),
  rounds,
});

export const sumSubmission = (more: Partial<SubmissionOptions> = {}, rounds = 2): Promise<Uint8Array> =>
  writeSubmission({ run: sumRun(rounds), hosting: { minClients: 2 }, ...more });

/** Joins a run as `client-0` or `client-1`. */
export async function joinRun(url: string, index: number, wants: string): Promise<ScriptedClient> {
  const client = await scriptedClient(url);
  client.send('hello', { client: `client-${index}`, wants });
  const { control } = await client.next('welcome');
  client.send('ready', { plan: control.plan.hash });
  return client;
}

/** Answers the work of a round, which must be that one, with a vector; gives it once it is acknowledged. */
export async function report(
  client: ScriptedClient,
  round: number,
  vector: readonly number[],
): Promise<void> {
  const { control } = await client.next('work');
  if (control.round !== round) throw new Error(`need work of round ${round}, got ${control.round}`);
  client.sendUpdate(encodeLeaves([tensor('float32', [2], Float32Array.from(vector))]));
  await client.next('ack');
}
