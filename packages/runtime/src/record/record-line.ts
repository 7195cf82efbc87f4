// The record of a run, line by line: what `starling simulate --json` prints and `metrics.jsonl` holds. One schema for
// both, which docs/record.md shows; this file alone loads zod, all others take the types.
import * as z from 'zod';
import type { FaultKind } from '../runtime/phase-faults.js';

const count = z.int().nonnegative();
const json = z.record(z.string(), z.json());
const CLOCKS = ['virtual', 'real'] as const;
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const wallMs = z.number().nonnegative().describe('milliseconds that it took');
const rounds = count.describe('rounds done, those of earlier starts included');
const failedRounds = count.describe('attempts at rounds that failed, of this start');

const lostSchema = z
  .strictObject({
    status: z
      .enum(['rejected', 'dropped'])
      .describe('`rejected`: the update was refused; `dropped`: none came'),
    code: z.string().describe('why, as a stable code of docs/semantics.md or docs/protocol.md'),
    phase: count.describe('the phase in which they were lost, from 0'),
    reason: z.string().describe('why, in words: those of the first of them'),
    count: z.int().positive().describe('how many clients'),
    clients: z.array(z.string()).readonly().describe('their names, the first ten in cohort order'),
  })
  .readonly();

const cohort = {
  cohort: count.describe('clients that were asked'),
  accepted: count.describe('clients whose update counts'),
  rejected: count.describe('clients whose update was refused'),
  dropped: count.describe('clients of which no update came'),
  lost: z
    .array(lostSchema)
    .readonly()
    .describe('who is missing and why: one entry a reason, most clients first'),
};

const faultsSchema = z
  .strictObject({
    dropouts: count.describe('how many clients did not answer'),
    crashes: count.describe('how many died in the middle of their work'),
    stragglers: count.describe('how many were slowed down, in time or not'),
    late: count.describe('how many stragglers came after the deadline'),
    corrupt: count.describe('how many updates were damaged on their way'),
    byzantine: count.describe('how many clients sent another update than they computed'),
    duplicates: count.describe('how many reports came twice'),
    serverCrashes: count.describe('how often the server died, and was started again'),
  } satisfies Record<FaultKind, typeof count>)
  .readonly();

const simulated = {
  faults: faultsSchema.exactOptional().describe('of a run with simulated faults: how many of each kind'),
  virtualMs: z
    .number()
    .nonnegative()
    .exactOptional()
    .describe(
      'of a run with a virtual clock: milliseconds that its phases took on it; of an asynchronous one, since the round before, by its clock, with attempts that failed in between',
    ),
  staleness: z
    .array(count)
    .readonly()
    .exactOptional()
    .describe('of an asynchronous run: how many of its reports were 0, 1, 2, … rounds old'),
  tooStale: count
    .exactOptional()
    .describe('of an asynchronous run: reports since the round before that were too old, and were refused'),
};

const constraintSchema = z
  .strictObject({
    constraint: z.string().describe('what it asks for, in words'),
    outcome: z
      .enum(['held', 'violated', 'undecided'])
      .describe('`undecided`: a group is withheld or has no such rate, or the figure is too uncertain'),
    passes: z.boolean().describe('whether it held, or is undecided, and that is allowed'),
    value: z.number().nullable().describe('of the figure; null if there is none'),
    low: z.number().nullable().describe('the lower end of the interval that decides; null without'),
    high: z.number().nullable().describe('the upper one'),
    limit: z.number().nullable().describe('what the figure is held against; null of a baseline without one'),
    reason: z.string().describe('why, in words'),
  })
  .readonly();

export const runLine = z
  .strictObject({
    type: z.literal('run').describe('the first line of each start'),
    format: z.literal(1).describe('version of this schema'),
    id: z.string().describe('names the run; the same at each of its starts'),
    federation: z.string().describe('its name; without one, that of the plan'),
    description: z.string().describe('one sentence on it'),
    headline: z.string().nullable().describe('the metric to look at first, by its dotted name'),
    rounds: count.describe('rounds asked for, those of earlier starts included'),
    from: count.describe('rounds done before this start'),
    seed: count.describe('all randomness comes from it'),
    settings: json.describe('what the federation was built with'),
    faults: json.exactOptional().describe('the faults that are simulated, as docs/faults.md has them'),
    asynchronous: z
      .strictObject({ buffer: count, concurrency: count, maxStaleness: count, clock: z.enum(CLOCKS) })
      .readonly()
      .exactOptional()
      .describe(
        'of a run whose rounds do not wait: reports a round, clients at work, rounds that a report may be old, and by which clock reports come',
      ),
    plan: sha256.describe('hash of the plan of a round'),
    evaluation: z
      .strictObject({ every: z.int().positive(), plan: sha256.nullable(), revealing: z.boolean() })
      .readonly()
      .nullable()
      .describe(
        'rounds from one to the next; hash of its plan, null at the server; whether it shows what single clients found; null for none',
      ),
    best: z
      .strictObject({ metric: z.string(), goal: z.enum(['highest', 'lowest']) })
      .readonly()
      .nullable()
      .describe('by which metric the best state is chosen; null if it is not'),
    constraints: z
      .strictObject({
        require: z.array(z.string()).readonly(),
        every: z.int().positive(),
        otherwise: z.enum(['fail', 'stop', 'warn']),
      })
      .readonly()
      .exactOptional()
      .describe(
        'what the model must hold, rounds from one check to the next, and what happens if it does not',
      ),
    initialize: sha256.nullable().describe('hash of the plan of the first state; null if there is no state'),
    sampler: z.string().describe('name of what draws the cohorts'),
    population: z
      .strictObject({
        name: z.string(),
        size: count,
        fingerprint: z.record(z.string(), z.union([z.string(), z.number()])).nullable(),
      })
      .readonly()
      .describe(
        'name, number of clients, and fingerprint; that is null where a client it needs cannot be loaded',
      ),
    runtime: z.string().describe('what ran it'),
    workers: z
      .int()
      .positive()
      .nullable()
      .describe('threads or client processes; null if they are not known'),
    engine: z
      .strictObject({ server: z.string(), clients: z.string() })
      .readonly()
      .describe('by name: of the server’s programs, and of the clients’ work'),
    versions: z
      .strictObject({ starling: z.string(), planFormat: count, node: z.string(), engine: z.string() })
      .readonly()
      .describe('of Starling, of the plan format, of Node, and what runs under the server’s engine'),
    startedAt: z.iso.datetime().nullable().describe('when, in UTC; null if it was not told'),
    bytes: z
      .strictObject({ down: count.nullable(), up: count.nullable() })
      .readonly()
      .exactOptional()
      .describe('of tensors that a client receives and sends in a round; null if only the data tells'),
  })
  .readonly();

export const roundLine = z
  .strictObject({
    type: z.literal('round').describe('a round that is committed'),
    round: z.int().positive().describe('from 1'),
    attempt: z
      .int()
      .positive()
      .exactOptional()
      .describe('the attempt at it that counts, if it is not the first'),
    metrics: json.describe('what the computation reports; a lone value is `value`'),
    evaluation: z
      .json()
      .exactOptional()
      .describe('of rounds that were evaluated; stands here and nowhere else'),
    evaluated: z
      .strictObject({ ...cohort, clients: z.array(z.string()).readonly().exactOptional() })
      .readonly()
      .exactOptional()
      .describe(
        'of an evaluation on clients: what became of those that were asked, as of the round’s own; and `clients`, the names of those that are in it, in the order of its figures, if it is revealing',
      ),
    evaluationFailure: z
      .strictObject({ code: z.string().nullable(), message: z.string() })
      .readonly()
      .exactOptional()
      .describe('why there is no evaluation, if one was due and failed'),
    constraints: z
      .array(constraintSchema)
      .readonly()
      .exactOptional()
      .describe('of rounds in which constraints were checked: what became of each'),
    clientVersions: z
      .strictObject({
        chain: sha256.describe('of the versions that its clients have from here on, and of the chain before'),
        restarted: z
          .array(z.string())
          .readonly()
          .exactOptional()
          .describe('names of clients that had lost their state and began anew'),
      })
      .readonly()
      .exactOptional()
      .describe(
        'of a run whose clients keep a state: which versions count, as one hash; it tells nothing of them',
      ),
    ...cohort,
    ...simulated,
    wallMs,
  })
  .readonly();

export const failedRoundLine = z
  .strictObject({
    type: z.literal('failed-round').describe('an attempt at a round that failed: the state is kept'),
    round: z.int().positive().describe('from 1'),
    attempt: z.int().positive().describe('from 1, of the attempts at this round'),
    code: z.string().nullable().describe('why, as a code of docs/semantics.md; null if the error has none'),
    message: z.string().describe('why, in words'),
    ...cohort,
    ...simulated,
    wallMs,
  })
  .readonly();

export const doneLine = z
  .strictObject({
    type: z.literal('done').describe('the last line of a run that ended as it should, or was stopped'),
    rounds,
    failedRounds,
    stateHash: sha256.describe('of the last state'),
    interrupted: z.boolean().describe('stopped before its last round, from outside'),
    stopped: z
      .enum(['target', 'patience', 'constraint'])
      .nullable()
      .describe(
        'why it ended before its last round by itself: the target was reached, nothing got better, or a constraint did not pass; else null',
      ),
    best: z
      .strictObject({ round: z.int().positive(), value: z.number() })
      .readonly()
      .nullable()
      .describe('round and value of the best state, if one is chosen; else null'),
    constraints: z
      .strictObject({ round: count, passes: z.boolean(), unmet: z.array(z.string()).readonly() })
      .readonly()
      .exactOptional()
      .describe(
        'of a run with constraints: the round of their last check, 0 for none; whether all passed; which did not',
      ),
    wallMs,
  })
  .readonly();

export const failedLine = z
  .strictObject({
    type: z.literal('failed').describe('the last line of a run that failed'),
    rounds,
    failedRounds,
    code: z.string().nullable().describe('why, as a code of docs/semantics.md; null if the error has none'),
    message: z.string().describe('why, in words'),
    wallMs,
  })
  .readonly();

export const earlierRoundLine = z
  .strictObject({
    type: z.literal('earlier-round').describe('a round that an earlier version of Starling kept'),
    round: z.int().positive().describe('from 1'),
    metrics: json.describe('what the computation reported'),
    evaluation: z.json().exactOptional().describe('of rounds that were evaluated'),
    wallMs,
  })
  .readonly();

/** One line of a record, parsed from JSON. Unknown fields are refused. */
export const recordLine = z.discriminatedUnion('type', [
  runLine,
  roundLine,
  failedRoundLine,
  doneLine,
  failedLine,
  earlierRoundLine,
]);

export type ConstraintOutcome = z.infer<typeof constraintSchema>;
export type SimulatedFaults = z.infer<typeof faultsSchema>;
export type LostClients = z.infer<typeof lostSchema>;
export type RunLine = z.infer<typeof runLine>;
export type RoundLine = z.infer<typeof roundLine>;
export type FailedRoundLine = z.infer<typeof failedRoundLine>;
export type DoneLine = z.infer<typeof doneLine>;
export type FailedLine = z.infer<typeof failedLine>;
export type EarlierRoundLine = z.infer<typeof earlierRoundLine>;
export type RecordLine = z.infer<typeof recordLine>;
