// What a server says of a run, to people and programs: the schemas are also those of its HTTP interface.
import * as z from 'zod';

export const RUN_STATUSES = ['waiting', 'running', 'paused', 'finished', 'stopped', 'failed'] as const;

export const runOverviewSchema = z.strictObject({
  run: z.string().meta({ description: 'Its name.' }),
  federation: z.string(),
  description: z.string(),
  status: z.enum(RUN_STATUSES).meta({
    description:
      'waiting: for its first clients; paused: it keeps its clients and begins no attempt; stopped: by the operator, for good; failed: it may be resumed.',
  }),
  round: z.int().meta({ description: 'Rounds that count.' }),
  rounds: z.int().meta({ description: 'Rounds in all.' }),
  clients: z.int().meta({ description: 'Clients that are joined and ready.' }),
  submittedAt: z.string().meta({ description: 'ISO 8601, UTC.' }),
});
export type RunOverview = z.output<typeof runOverviewSchema>;

export const runDetailsSchema = runOverviewSchema.extend({
  plan: z.string().meta({ description: 'Hash of its plan, which clients can pin.' }),
  seed: z.int(),
  settings: z.record(z.string(), z.unknown()),
  population: z.int().meta({ description: 'Clients that may take part.' }),
  minClients: z.int().meta({ description: 'Clients without which no round begins.' }),
  stateHash: z.string().nullable().meta({ description: 'Of the state after its last round.' }),
  metrics: z.unknown().meta({ description: 'Of its last round; null before.' }),
  failedAttempts: z.int().meta({ description: 'Attempts at rounds that came to nothing.' }),
  failure: z
    .strictObject({ code: z.string(), message: z.string() })
    .nullable()
    .meta({ description: 'Why it failed, or came to nothing.' }),
});
export type RunDetails = z.output<typeof runDetailsSchema>;

export const seatedClientSchema = z.strictObject({
  client: z.string(),
  address: z.string().meta({ description: 'As the server sees it: behind a proxy, that of the proxy.' }),
  joinedMs: z.number().meta({ description: 'For how long it is ready.' }),
  worksMs: z
    .number()
    .nullable()
    .meta({ description: 'How long ago it was asked for what it owes; null if nothing.' }),
});
/** A client that is ready in a run. */
export type SeatedClient = z.output<typeof seatedClientSchema>;
