// Compiles a traced computation to a round plan, by cutting its tree where values change place: what clients
// compute before an aggregate becomes `work`, what the server computes before a broadcast `prepare`, and after
// the last aggregate `apply`. Third station of write → trace → compile → run.
//
// When a client's value depends on an aggregate, another round trip follows. Its work computes the earlier
// client values that it needs once more, from the same data, broadcasts and seeds: within a round, clients keep
// nothing. What a phase broadcasts is what its work reads: what two phases read goes out with both. What clients keep
// from round to round enters the work of every phase as it was before the round, and is made anew in one of them.

import type { Aggregation } from '../aggregations/aggregations.js';
import type { AggregationParts } from '../aggregations/definition.js';
import { computationKinds } from '../computations/computation-kinds.js';
import type { FederatedComputation } from '../computations/federated-computation.js';
import { checkOptions } from '../errors/check-option.js';
import { describeValue } from '../errors/describe-value.js';
import { CompileError } from '../errors/starling-error.js';
import type { Expression, IntrinsicExpression, LocalExpression } from '../expression/expression.js';
import { type AggregateIntrinsic, kindOf } from '../intrinsics/framework/definition.js';
import { contributions, updateType } from '../intrinsics/framework/updates.js';
import { intrinsicNamed } from '../intrinsics/intrinsics.js';
import type { ClientState, Phase, RoundPlan, Selection } from '../plan/round-plan.js';
import type { LocalComputation } from '../program/local-computation.js';
import type { LocalProgram } from '../program/program.js';
import { ProgramBuilder } from '../program/program-builder.js';
import { leafCount } from '../types/leaves.js';
import { memberType } from '../types/member-type.js';
import { int32, struct } from '../types/types.js';
import { copyTensor } from '../values/tensor.js';
import { analyse, type KeyUpload, requireServerResult, takenFromServer, updateTypes } from './analysis.js';
import {
  CLIENT_STATE,
  type ClientStateSource,
  initialClientState,
  type SplitState,
  splitClientState,
} from './client-state.js';
import { Emitter } from './emitter.js';
import { defaultLaneSize } from './lane-size.js';
import { inputType, parametersAt } from './parameters.js';

export interface CompileOptions {
  /** Clients a lane, a positive integer; by default 1 when an update is 1 MiB or more or of unknown size, else 5. */
  readonly laneSize?: number;
  /** Of a process whose clients keep a state: the computation takes one, `clientState`, and returns the next. */
  readonly clientState?: ClientStateSource;
  /** Of a computation that reads the states of a process, its parameter `clientState`: that of the process's plan. */
  readonly reads?: ClientState;
}

/**
 * The plan of a computation whose result is at the server: one phase a round trip, none when nothing is asked
 * of clients. Throws a `CompileError` when a part of the result stays with the clients, or lanes have no size.
 */
export function compilePlan(computation: FederatedComputation, options: CompileOptions = {}): RoundPlan {
  computationKinds.federated('Cannot compile a computation', 'what is compiled', computation);
  checkOptions(`Cannot compile ${computation.name}`, options, {
    laneSize: true,
    clientState: true,
    reads: true,
  });
  const { laneSize } = options;
  if (laneSize !== undefined && !(Number.isSafeInteger(laneSize) && laneSize > 0)) {
    throw new CompileError(
      `Cannot compile ${computation.name}: the lane size must be a positive integer, got ${describeValue(laneSize)}`,
    );
  }
  const { body: whole, saltOf, depthOf, roundTrips: asked } = analyse(computation);
  const { clientState, made, parameter, body, calls } = keptBy(computation, options, whole, saltOf.size);
  requireServerResult(computation, body);
  const madeIn = made === null ? null : depthOf.get(made)!;
  // A state that is made of the last aggregate needs one more round trip, in which nothing goes up.
  const roundTrips = madeIn === asked.length ? [...asked, { keys: [], aggregates: [] }] : asked;

  const parameters = computation.parameters.filter((each) => each !== parameter);
  const serverParameters = parametersAt(parameters, 'SERVER');
  const clientParameters = [
    ...(parameter === null ? [] : [parameter]),
    ...parametersAt(parameters, 'CLIENTS'),
  ];
  const aggregated: (Expression | number)[] = [];
  const keysOf = new Map<Expression, Selection['keys']>();
  const bySalt = (some: ReadonlySet<Expression>) =>
    [...some].sort((a, b) => saltOf.get(a)! - saltOf.get(b)!) as IntrinsicExpression[];
  const phases = roundTrips.map(({ keys, aggregates }, index): Phase => {
    const kept = made !== null && index === madeIn ? [made] : [];
    const taken = takenFromServer([
      ...keys.map((each) => each.keys),
      ...aggregates.flatMap(contributions),
      ...kept,
    ]);
    const broadcasts = bySalt(taken.broadcasts);
    const selects = bySalt(taken.selects);
    const server = new Emitter([...serverParameters, ...aggregated], saltOf);
    const prepare = server.build([
      ...broadcasts.flatMap(({ arguments: [sent] }) => server.emit(sent!)),
      ...selects.flatMap(({ arguments: [, served] }) => server.emit(served!)),
    ]);
    const client = new Emitter([...broadcasts, ...selects, ...clientParameters], saltOf);
    const work = client.build([
      ...keys.flatMap((each) => client.emit(each.keys)),
      ...aggregates.flatMap((aggregate) => update(client, aggregate)),
      ...kept.flatMap((state) => client.emit(state)),
    ]);
    keys.forEach(({ selects: served }, aggregation) => {
      for (const select of served) keysOf.set(select, { phase: index, aggregation });
    });
    aggregated.push(...keys.map(() => leafCount(keysResult)), ...aggregates);
    return {
      prepare,
      broadcast: struct(broadcasts.map(({ type }) => memberType(type))),
      selections: selects.map((select) => selection(select, keysOf.get(select)!, saltOf.get(select)!)),
      work,
      aggregations: [
        ...keys.map(keysAggregation),
        ...aggregates.map((aggregate) => aggregation(aggregate, saltOf.get(aggregate)!)),
      ],
    };
  });
  const server = new Emitter([...serverParameters, ...aggregated], saltOf);
  return {
    name: computation.name,
    serverInput: inputType(parameters, 'SERVER'),
    clientInput: inputType(parameters, 'CLIENTS'),
    ...(clientState !== null && { clientState: { ...clientState, madeIn } }),
    phases,
    apply: server.build(server.emit(body)),
    result: memberType(body.type),
    laneSize: laneSize ?? defaultLaneSize(roundTrips.flatMap(updateTypes)),
    sources: {
      calls: [...saltOf.keys(), ...calls].map(describeCall),
      aggregations: roundTrips.map(({ keys, aggregates }) => [
        ...keys.map(({ selects }) => describeCall(selects[0]!)),
        ...aggregates.map(describeCall),
      ]),
    },
  };
}

/** What clients keep, if anything, and what the computation is without it; `calls`: those of the first state. */
function keptBy(
  computation: FederatedComputation,
  { clientState: source, reads }: CompileOptions,
  body: Expression,
  salts: number,
): Omit<SplitState, 'parameter'> & {
  readonly parameter: SplitState['parameter'] | null;
  readonly clientState: Omit<ClientState, 'madeIn'> | null;
  readonly calls: readonly Expression[];
} {
  if (source !== undefined) {
    const { calls, ...clientState } = initialClientState(`Cannot compile ${computation.name}`, source, salts);
    const split = splitClientState(computation, body, clientState.type, true);
    return { ...split, clientState: { ...clientState, type: memberType(split.parameter.type) }, calls };
  }
  // A computation may call anything so; it is kept state where a process says so.
  if (reads === undefined || !computation.parameters.some(({ name }) => name === CLIENT_STATE)) {
    return { parameter: null, made: null, body, clientState: null, calls: [] };
  }
  return { ...splitClientState(computation, body, reads.type, false), clientState: reads, calls: [] };
}

/** What the server sees of a client's keys: all in cohort order, and how many each client has. */
const keysResult = struct({ keys: int32(null), counts: int32(null) });

function keysAggregation({ keys, keyBound, maxKeys }: KeyUpload): Aggregation {
  return {
    kind: 'select-keys',
    update: memberType(keys.type),
    result: keysResult,
    settings: { keyBound, maxKeys },
  };
}

function selection(
  { arguments: [, served, slice] }: IntrinsicExpression,
  keys: Selection['keys'],
  salt: number,
): Selection {
  const { computation: graph } = slice as LocalExpression;
  return { keys, served: memberType(served!.type), graph, slice: graph.type.result, salt };
}

/** The intrinsic, the local computations that it calls, and where it was written. */
function describeCall(expression: Expression): string {
  if (expression.kind !== 'intrinsic') return expression.kind;
  const locals = expression.arguments.flatMap((one) => (one.kind === 'local' ? [one.computation.name] : []));
  const where = expression.location === null ? '' : ` at ${expression.location}`;
  return `${expression.intrinsic}(${locals.join(', ')})${where}`;
}

function update(client: Emitter, aggregate: IntrinsicExpression): readonly number[] {
  const registers = contributions(aggregate).flatMap((contribution) => client.emit(contribution));
  return definitionOf(aggregate).drawsRank === true ? [...registers, ...client.random(aggregate)] : registers;
}

/**
 * How an aggregate of the tree stands in the plan: its numbers are those of its kind, by the rules of its intrinsic.
 */
export function aggregation(aggregate: IntrinsicExpression, salt: number): Aggregation {
  const definition = definitionOf(aggregate);
  const { ifEmpty, numbers } = aggregate.settings;
  const parts: AggregationParts = {
    update: updateType(aggregate, definition),
    result: memberType(aggregate.type),
    ...(ifEmpty === undefined ? {} : { ifEmpty: ifEmpty.map(copyTensor) }),
    ...(definition.hasOperators === true ? { operators: operatorPrograms(aggregate, salt) } : {}),
  };
  const kind = kindOf(definition, aggregate);
  return { kind, ...parts, ...(numbers === undefined ? {} : { settings: numbers }) } as Aggregation;
}

function definitionOf(aggregate: IntrinsicExpression): AggregateIntrinsic {
  return intrinsicNamed(aggregate.intrinsic) as AggregateIntrinsic;
}

function operatorPrograms(
  aggregate: IntrinsicExpression,
  salt: number,
): NonNullable<Aggregation['operators']> {
  const [zero, ...operators] = aggregate.arguments.filter(({ type }) => type.kind !== 'federated');
  const [accumulate, merge, report] = operators.map((operator) =>
    callProgram((operator as LocalExpression).computation, salt),
  );
  return {
    zero:
      zero!.kind === 'literal'
        ? literalProgram(zero!)
        : callProgram((zero as LocalExpression).computation, salt),
    accumulate: accumulate!,
    merge: merge!,
    report: report!,
  };
}

/** A program of one call. */
function callProgram(graph: LocalComputation, salt: number): LocalProgram {
  const inputs = graph.type.parameter === null ? 0 : leafCount(graph.type.parameter);
  const outputs = leafCount(graph.type.result);
  const builder = new ProgramBuilder(inputs);
  const registers = Array.from({ length: inputs }, (_, index) => index);
  return builder.build(builder.add({ op: 'call', graph, inputs: registers, outputs, salt }, outputs));
}

function literalProgram({ leaves }: Extract<Expression, { kind: 'literal' }>): LocalProgram {
  const builder = new ProgramBuilder(0);
  return builder.build(builder.constants(leaves));
}
