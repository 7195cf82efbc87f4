// The control parts of the wire: what each message says in JSON, checked by zod on arrival. Unknown fields are
// ignored, so that a later version may add some. docs/protocol.md lists the same fields.
import * as z from 'zod';
import { WireError } from '../frames/codes.js';
import type { MessageType } from '../frames/frame.js';
import { boundReason } from '../frames/reason.js';

const MAX_BLOBS = 512; // × about 100 bytes of JSON stays below the limit of a control part

/** Runs that one client may stand apart from. */
const MAX_APART = 64;
const MAX_TASKS = 1000;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const uint32 = z.int().min(0).max(0xffff_ffff);
const code = z.string().regex(/^[a-z0-9-]{1,64}$/);
/** One line, cut if it is longer than `MAX_REASON`: logs and records quote it. */
const reason = z.string().transform(boundReason);
const clientName = z.string().min(1).max(200);
/** Which attempt at a round, of which run. */
const attemptOf = { run: z.string().min(1).max(64), round: uint32, attempt: z.int().min(1).max(0xffff_ffff) };
const phaseOf = { ...attemptOf, phase: uint32 };
/** `broadcast`: SHA-256 of what the work was done on. */
const workOf = { ...phaseOf, broadcast: hash };
const bytesFrom = z.object({ hash, from: uint32.default(0) });
const proof = z.string().min(1).max(64);
const byte = z.int().min(0).max(255);
const versions = z.object({ lowest: byte, highest: byte });

/** Which version of its state a client reads, and which it makes. */
const stateSchema = z.object({
  /** The version to read; null for a client that has none. */
  base: hash.nullable(),
  /** The version to write before the update is sent; null in a phase that makes none. */
  next: hash.nullable(),
  /** What the first state is drawn from. */
  seed: z.tuple([uint32, uint32]),
  /** The oldest round that the run may be taken up after: what the client had then, and since, is to be held. */
  keepFrom: uint32,
});

/** One schema a message; `part` has no control. */
export const controlSchemas = {
  /** First words of a client. `client: null` asks for any free client of the population. */
  hello: z.object({
    client: clientName.nullable(),
    /** The type of the data it holds, such as `float32*`; null if it is not known before it has a name. */
    dataType: z.string().max(10_000).nullable().default(null),
    token: z.string().max(1000).optional(),
    /** What it is, for the log: `starling-client/0.1.0`. */
    agent: z.string().max(200).default(''),
    /** What it speaks; left out by version 1, which speaks the version of the frame alone. */
    versions: versions.optional(),
    /** The run that asked it last: if that is over, the client hears so, and no other begins. */
    run: attemptOf.run.nullable().default(null),
    /** An attempt that it has reported to, and of which it has not heard whether it counts. */
    awaits: z.object(attemptOf).nullable().default(null),
    /** What the latest `welcome` gave it, which shows that it is the same client. */
    proof: proof.nullable().default(null),
    /** The run that it wants to take part in; null for any that has a place for it. */
    wants: attemptOf.run.nullable().default(null),
    /** Runs that it is not to be given: it takes part in them already, or wants no part. */
    apart: z.array(attemptOf.run).max(MAX_APART).default([]),
    /** The same at all sockets of one client: what it says of itself, and nobody else can guess. */
    device: z.string().min(1).max(64).nullable().default(null),
    /** The same at all sockets that share the broadcasts which come to one of them, and that nobody else can guess. */
    shares: z.string().min(1).max(64).nullable().default(null),
    /** Pieces of work that it takes at once, at all sockets of its device. */
    tasks: z.int().min(1).max(MAX_TASKS).default(1),
  }),
  /** The coordinator's answer: who the client is, and which plan it will be asked to run. */
  welcome: z.object({
    client: clientName,
    /** The highest version that both speak: all that follows is in it. */
    version: byte,
    plan: z.object({ hash, name: z.string().max(200), bytes: uint32 }),
    /** The coordinator pings this often; silence for three times as long means that it is gone. */
    heartbeatMs: z.int().min(1),
    chunkBytes: z.int().min(1),
    maxUpdateBytes: z.int().min(0),
    /** The run that it takes part in; null where it has no name yet. */
    run: attemptOf.run.nullable().default(null),
    /** A secret of this client and this coordinator: to be said in `hello` when it comes back. */
    proof: proof.nullable().default(null),
  }),
  /** Asks for blobs of the plan, each from a byte on. */
  want: z.object({ blobs: z.array(bytesFrom).min(1).max(MAX_BLOBS) }),
  /** Carries a blob. */
  blob: z.object({ hash }),
  /**
   * The client can run the plan. `partial`: a broadcast of which it has the first bytes, from before a cut; `slices`:
   * the same of slices.
   */
  ready: z.object({
    plan: hash,
    partial: bytesFrom.nullable().default(null),
    slices: bytesFrom.nullable().default(null),
  }),
  /** The client's own slices, for the `work` of this round and phase, which comes next. `hash`: SHA-256 of the body. */
  slices: z.object({ ...phaseOf, hash }),
  /** Asks for the work of one phase of one round. Its body is the broadcast, unless that is `elsewhere`. */
  work: z.object({
    ...workOf,
    /** The broadcast comes, or has come, to another socket that `shares` with this one. */
    elsewhere: z.boolean().default(false),
    /** The client's own seed for this round. */
    seed: z.tuple([uint32, uint32]),
    /** What is left of the round, in milliseconds. */
    deadlineMs: z.number().min(0),
    /** SHA-256 of the body of the client's `slices`, which came before; null if the phase has none. */
    slices: hash.nullable().default(null),
    /** What the client keeps, of a plan whose clients keep a state; null of any other. */
    state: stateSchema.nullable().default(null),
    /** Bytes of the client's update for this phase that are here already, from before a cut. */
    received: uint32,
  }),
  /** The client's update; its body is the leaves of the work's outputs. */
  update: z.object(workOf),
  /** The client could not do the work: `load-failed`, `bad-data`, `work-failed`, or the code of a refused update. */
  failed: z.object({ ...workOf, code, reason }),
  /** An update was received; `accepted`: it counts if the attempt is committed. */
  ack: z.object({
    ...phaseOf,
    status: z.enum(['accepted', 'rejected', 'ignored']),
    code: code.optional(),
    reason: reason.optional(),
  }),
  /**
   * The round is committed by this attempt, or the attempt was given up, or nobody here knows any more. `counted`: the
   * phases of it in which an update of this client counts.
   */
  commit: z.object({
    ...attemptOf,
    status: z.enum(['committed', 'abandoned', 'unknown']),
    counted: z.array(uint32).max(1000),
  }),
  /** The client goes, and will not be back. */
  leave: z.object({ code, reason }),
  /** The run is over. */
  bye: z.object({ reason }),
  /**
   * The conversation is over, for a fault of the receiver's; the socket is closed after it. `versions`: what the
   * coordinator speaks, with `unsupported-version`. `returnMs`: when it would have a client back that it had no place
   * for, milliseconds from now.
   */
  error: z.object({ code, reason, versions: versions.optional(), returnMs: uint32.optional() }),
} as const satisfies Record<Exclude<MessageType, 'part'>, z.ZodType>;

export type ControlType = keyof typeof controlSchemas;
export type Control<T extends ControlType> = z.output<(typeof controlSchemas)[T]>;
export type ControlInput<T extends ControlType> = z.input<(typeof controlSchemas)[T]>;

/** A message's type and what it says. */
export type ControlMessage = {
  [T in ControlType]: { readonly type: T; readonly control: Control<T> };
}[ControlType];

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export function encodeControl<T extends ControlType>(_type: T, control: ControlInput<T>): Uint8Array {
  const { reason } = control as { readonly reason?: string };
  return encoder.encode(
    JSON.stringify(reason === undefined ? control : { ...control, reason: boundReason(reason) }),
  );
}

/** Reads and checks a control part. Throws a `WireError` and nothing else. */
export function decodeControl(type: ControlType, bytes: Uint8Array): ControlMessage {
  let json: unknown;
  try {
    json = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new WireError('control-bad-json', `Cannot read '${type}': its control part must be UTF-8 JSON`, {
      cause,
    });
  }
  const result = controlSchemas[type].safeParse(json);
  if (!result.success) {
    const issues = result.error.issues
      .slice(0, 3)
      .map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`);
    throw new WireError('control-invalid', `Cannot read '${type}': ${issues.join('; ')}`);
  }
  return { type, control: result.data } as ControlMessage;
}
