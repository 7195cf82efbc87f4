// The reference meaning of a computation: walks the traced tree value by value, short and slow, without plans
// or reductions. Every runtime must give what this gives, bit for bit: clients' updates are added in the same
// lanes, and calls draw from the same seeds.
import { findNonFinite } from '../aggregations/finite.js';
import { analyse, type RoundTrip, updateTypes } from '../compile/analysis.js';
import { fieldRange } from '../compile/emitter.js';
import { defaultLaneSize } from '../compile/lane-size.js';
import { computationKinds } from '../computations/computation-kinds.js';
import type { FederatedComputation } from '../computations/federated-computation.js';
import { kinds } from '../errors/check-kind.js';
import { checkOptions, count, numberWithin, required } from '../errors/check-option.js';
import { atLocation } from '../errors/source-location.js';
import { OverflowError, RejectedUpdateError, reworded, StarlingError } from '../errors/starling-error.js';
import type { Expression, IntrinsicExpression } from '../expression/expression.js';
import type { AggregateIntrinsic } from '../intrinsics/framework/definition.js';
import { contributions } from '../intrinsics/framework/updates.js';
import { intrinsicNamed } from '../intrinsics/intrinsics.js';
import { type LocalRunner, runnerKind } from '../program/local-computation.js';
import { clientSeed, serverSeed } from '../program/seeds.js';
import { generator } from '../random/generator.js';
import { deriveSeed, type Seed, seedFrom } from '../random/seed.js';
import { formatType } from '../types/format.js';
import { structEntries, type Type } from '../types/types.js';
import { dataKinds } from '../values/data-kinds.js';
import { unflatten } from '../values/flatten.js';
import type { HostInput, HostOf, HostValue } from '../values/host-types.js';
import { copyTensor, type Tensor } from '../values/tensor.js';
import { toHost } from '../values/to-host.js';
import { acceptable } from './acceptable.js';
import { readArguments } from './read-arguments.js';
import { slicesOf } from './slices-of.js';

export interface EvaluateOptions {
  readonly run: LocalRunner;
  /** The seed of the round; `seedFrom(0)` by default. */
  readonly seed?: Seed;
  /** Names that split the seed; the clients' positions ('0', '1', …) by default. */
  readonly clientIds?: readonly string[];
  /** How many clients take part, when no parameter tells: 0 by default. */
  readonly clients?: number;
  /** As given to `compilePlan`. */
  readonly laneSize?: number;
}

type Leaves = readonly Tensor[];

/** What a computation with a parameter of type `P` is given. */
export type ArgumentInput<P> = [P] extends [null] ? null | undefined : HostInput<Exclude<P, null>>;

/**
 * The value of `computation` on plain JavaScript arguments by parameter name (or one argument where the
 * parameter has no name); a value at CLIENTS is an array of members. Clients whose update is refused are left
 * out, as in a round. Argument and value have the types of the computation. Throws what a round throws.
 */
export async function evaluate<P extends Type | null, R extends Type>(
  computation: FederatedComputation<P, R>,
  argument: ArgumentInput<P>,
  options: EvaluateOptions,
): Promise<HostOf<R>> {
  return (await evaluateCounted(computation, argument, options)).value as HostOf<R>;
}

/** Where a computation draws from that is part of another one. */
export interface DrawsFrom {
  /** A client's seed, in place of that of a round. */
  readonly seedOf?: (clientId: string) => Seed;
  /** The salt of its first call. */
  readonly firstSalt?: number;
  /** A part of the result at clients that must be finite: else the client is refused, and its update with it. */
  readonly finite?: string;
}

/** The value, and the clients that it is of: by position, in cohort order, those of whom nothing was refused. */
export async function evaluateCounted(
  computation: FederatedComputation,
  argument: unknown,
  options: EvaluateOptions,
  { seedOf, firstSalt = 0, finite }: DrawsFrom = {},
): Promise<{ readonly value: HostValue; readonly counted: readonly number[] }> {
  computationKinds.federated('Cannot evaluate a computation', 'what is evaluated', computation);
  checkOptions(`Cannot evaluate ${computation.name}`, options, {
    run: required(runnerKind),
    seed: dataKinds.seed,
    clientIds: kinds.list,
    clients: numberWithin({ whole: true, from: 0 }),
    laneSize: count,
  });
  const { run, seed = seedFrom(0), laneSize } = options;
  const { body, saltOf: salts, depthOf, roundTrips } = analyse(computation);
  const saltOf = new Map([...salts].map(([call, salt]) => [call, firstSalt + salt]));
  const inputs = readArguments(computation, argument, options.clients);
  const clientIds = options.clientIds ?? Array.from({ length: inputs.cohort }, (_, index) => String(index));
  const aggregates = new Map<Expression, Leaves>();

  const server = new Place('the server', serverSeed(seed), run, saltOf, (expression) =>
    expression.kind === 'parameter' ? inputs.server.get(expression.name) : aggregates.get(expression),
  );
  const sliced = slicesOf(server, run);
  const clients: readonly Place[] = clientIds.map(
    (id, client) =>
      new Place(`client ${id}`, seedOf?.(id) ?? clientSeed(seed, id), run, saltOf, (expression) => {
        if (expression.kind === 'parameter') return inputs.clients.get(expression.name)?.[client];
        if (expression.kind !== 'intrinsic') return undefined;
        const { role } = intrinsicNamed(expression.intrinsic);
        if (role === 'broadcast') return server.value(expression.arguments[0]!);
        return role === 'select' ? sliced(expression, clients[client]!) : undefined;
      }),
  );

  const size = laneSize ?? defaultLaneSize(roundTrips.flatMap(updateTypes));
  const checked = finite === undefined ? null : partOf(body, finite);
  const isSound = async (client: Place, index: number): Promise<boolean> =>
    checked === null || depthOf.get(checked) !== index || findNonFinite(await client.value(checked)) === null;
  let cohort: readonly Place[] = clients;
  for (const [depth, trip] of roundTrips.entries()) {
    const updates = await Promise.all(
      cohort.map(async (client) => {
        const update = await updatesOf(client, trip);
        return update !== null && (await isSound(client, depth)) ? update : null;
      }),
    );
    for (const [index, aggregate] of trip.aggregates.entries()) {
      const lanes: Leaves[][] = [];
      for (let start = 0; start < cohort.length; start += size) {
        const lane = updates
          .slice(start, start + size)
          .flatMap((update) => (update === null ? [] : [update[index]!]));
        if (lane.length > 0) lanes.push(lane);
      }
      const context = { run, salt: saltOf.get(aggregate)! };
      const leaves = server.attempt(aggregate, async () =>
        definitionOf(aggregate).reference(aggregate, lanes, context),
      );
      aggregates.set(aggregate, await leaves);
    }
    cohort = cohort.filter((_, position) => updates[position] !== null);
  }
  const sound = await Promise.all(cohort.map((client) => isSound(client, roundTrips.length)));
  cohort = cohort.filter((_, position) => sound[position]);
  const counted = cohort.map((client) => clients.indexOf(client));
  return { value: await resultOf(body, server, cohort), counted };
}

/** One client, or the server: computes the expressions that are placed with it, each once. */
class Place {
  private readonly values = new Map<Expression, Promise<Leaves>>();

  constructor(
    /** For errors: the server, or which client. */
    private readonly name: string,
    readonly seed: Seed,
    private readonly run: LocalRunner,
    readonly saltOf: ReadonlyMap<Expression, number>,
    private readonly given: (expression: Expression) => Leaves | Promise<Leaves> | undefined,
  ) {}

  value(expression: Expression): Promise<Leaves> {
    let value = this.values.get(expression);
    if (value === undefined) {
      value = this.compute(expression);
      this.values.set(expression, value);
    }
    return value;
  }

  private async compute(expression: Expression): Promise<Leaves> {
    const given = this.given(expression);
    if (given !== undefined) return given;
    switch (expression.kind) {
      case 'literal':
        return expression.leaves;
      case 'local':
        return [];
      case 'struct':
        return (await Promise.all(expression.elements.map((element) => this.value(element)))).flat();
      case 'selection':
        return (await this.value(expression.source)).slice(
          ...fieldRange(expression.source.type, expression.index),
        );
      case 'intrinsic': {
        const definition = intrinsicNamed(expression.intrinsic);
        if (definition.role !== 'pointwise') break;
        const inputs = await Promise.all(expression.arguments.map((one) => this.value(one)));
        const seed = deriveSeed(this.seed, this.saltOf.get(expression)!);
        return this.attempt(expression, () =>
          definition.evaluate(expression, inputs, { run: this.run, seed }),
        );
      }
    }
    throw new StarlingError('not-evaluable', `Cannot evaluate a ${expression.kind} at ${this.name}`);
  }

  /** Says of a failure where it was written. */
  async attempt(expression: IntrinsicExpression, compute: () => Promise<Leaves>): Promise<Leaves> {
    try {
      return await compute();
    } catch (error) {
      if (error instanceof RejectedUpdateError) throw error;
      throw this.failure(expression, error);
    }
  }

  private failure({ intrinsic, type, location }: IntrinsicExpression, cause: unknown): StarlingError {
    const reason = cause instanceof Error ? cause.message.replace(/^Cannot [^:]*: /, '') : String(cause);
    const message = `Cannot compute ${intrinsic} at ${this.name}, which gives ${formatType(type)}: ${reason}${atLocation(location)}`;
    return cause instanceof StarlingError
      ? reworded(cause, message)
      : new StarlingError('computation-failed', message, { cause });
  }
}

/**
 * What a client sends for each aggregate of a round trip; null when any part is refused, its keys included, or
 * overflows.
 */
async function updatesOf(client: Place, { keys, aggregates }: RoundTrip): Promise<readonly Leaves[] | null> {
  try {
    for (const { keys: own, keyBound, maxKeys } of keys) {
      const sent = (await client.value(own))[0]!.data as Int32Array;
      if (sent.length > maxKeys || sent.some((key) => key < 0 || key >= keyBound)) return null;
    }
    const updates: Leaves[] = [];
    for (const aggregate of aggregates) {
      const definition = definitionOf(aggregate);
      const parts = await Promise.all(contributions(aggregate).map((part) => client.value(part)));
      if (definition.drawsRank === true) {
        const draw = generator(deriveSeed(client.seed, client.saltOf.get(aggregate)!)).uniform();
        parts.push([{ dtype: 'float64', shape: [], data: Float64Array.of(draw) }]);
      }
      const update = parts.flat();
      if (!acceptable(aggregate, definition, update)) return null;
      updates.push(update);
    }
    return updates;
  } catch (error) {
    if (error instanceof RejectedUpdateError || error instanceof OverflowError) return null;
    throw error;
  }
}

function definitionOf(aggregate: IntrinsicExpression): AggregateIntrinsic {
  return intrinsicNamed(aggregate.intrinsic) as AggregateIntrinsic;
}

function partOf(body: Expression, name: string): Expression | null {
  if (body.kind !== 'struct') return null;
  return body.elements[structEntries(body.type).findIndex(([key]) => key === name)] ?? null;
}

async function resultOf(body: Expression, server: Place, cohort: readonly Place[]): Promise<HostValue> {
  if (body.kind === 'struct') {
    const parts = await Promise.all(body.elements.map((element) => resultOf(element, server, cohort)));
    if (Array.isArray(body.type.elements)) return parts;
    return Object.fromEntries(Object.keys(body.type.elements).map((name, index) => [name, parts[index]!]));
  }
  const { type } = body;
  // Copied: a value may be a literal of the computation, which its reader could write to.
  const host = (leaves: Leaves): HostValue => toHost(type, unflatten(type, leaves.map(copyTensor)));
  if (type.kind === 'federated' && type.placement === 'CLIENTS') {
    return Promise.all(cohort.map(async (client) => host(await client.value(body))));
  }
  return host(await server.value(body));
}
