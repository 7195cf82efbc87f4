// What the templates of processes ask of their computations, checked once for all of them.

import { CLIENT_STATE } from '../compile/client-state.js';
import { computationKinds } from '../computations/computation-kinds.js';
import type { FederatedComputation } from '../computations/federated-computation.js';
import { kinds } from '../errors/check-kind.js';
import { atLocation } from '../errors/source-location.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import { accepts } from '../types/disclosure.js';
import { formatType } from '../types/format.js';
import { type Placement, structEntries, type Type } from '../types/types.js';
import type { ProcessComputations } from './process-computations.js';

/** Throws errors that name the template, both types and the user's line. */
export class ProcessCheck {
  constructor(
    private readonly template: string,
    private readonly location: string | null,
    /** Of a process that is a step of another: ` of ` and its name. */
    private readonly ofStep = '',
  ) {}

  /** The same for the computations of a step. */
  step(name: string): ProcessCheck {
    return new ProcessCheck(this.template, this.location, ` of ${name}`);
  }

  fail(need: string, got: string): never {
    throw new TypeMismatchError(
      `Cannot make ${this.template}: ${need}, got ${got}${atLocation(this.location)}`,
    );
  }

  /** Throws unless `computations` has a computation by each of these names. */
  computations(computations: unknown, names: readonly string[]): void {
    const action = `Cannot make ${this.template}`;
    kinds.record(action, this.ofStep === '' ? 'its argument' : `the process${this.ofStep}`, computations);
    for (const name of names) {
      const computation = (computations as Readonly<Record<string, unknown>>)[name];
      computationKinds.federated(action, `${name}${this.ofStep}`, computation);
    }
  }

  /** The type of the state that `initialize` gives: it takes nothing, and the state is in one place. */
  stateOf(
    initialize: FederatedComputation,
    { of, at }: { readonly of: string; readonly at: Placement } = { of: 'initialize', at: 'SERVER' },
  ): Type {
    if (initialize.type.parameter !== null)
      this.fail(`${of}${this.ofStep} must take no parameter`, formatType(initialize.type));
    const state = initialize.type.result;
    if (state.kind !== 'federated' || state.placement !== at) {
      this.fail(
        `${of}${this.ofStep} must give one value at ${at} (federatedZip makes one of several)`,
        formatType(state),
      );
    }
    return state;
  }

  /**
   * The parts that `next` returns, which must be the state and `names`, and what clients keep if they begin with
   * something; states must go round.
   */
  partsOf(
    { initialize, initializeClient, next }: ProcessComputations,
    names: readonly string[],
  ): Readonly<Record<string, Type>> {
    const state = this.stateOf(initialize);
    if (initializeClient === undefined) return this.resultsOf(next, state, ['state', ...names]);
    this.computations({ initializeClient }, ['initializeClient']);
    const first = this.stateOf(initializeClient, { of: 'initializeClient', at: 'CLIENTS' });
    const results = this.resultsOf(next, state, ['state', CLIENT_STATE, ...names]);
    this.goesRound(next, CLIENT_STATE, first);
    return results;
  }

  /** The parts that `next` returns, which must be these; its state must go round. */
  resultsOf(
    next: FederatedComputation,
    state: Type,
    names: readonly string[],
  ): Readonly<Record<string, Type>> {
    this.takes(next, 'state', state);
    const { result } = next.type;
    const results = partsOf(result);
    if (Object.keys(results).length !== names.length || names.some((name) => results[name] === undefined)) {
      this.fail(`next${this.ofStep} must return { ${names.join(', ')} }`, formatType(result));
    }
    this.goesRound(next, 'state', state);
    return results;
  }

  /** `next` must take the state `name` as it begins, and return it as it is taken. */
  private goesRound(next: FederatedComputation, name: string, first: Type): void {
    const taken = this.takes(next, name, first);
    const given = partsOf(next.type.result)[name]!;
    if (!accepts(taken, given))
      this.fail(`next${this.ofStep} must return a ${name} of ${formatType(taken)}`, formatType(given));
  }

  private takes(next: FederatedComputation, name: string, first: Type): Type {
    const taken = next.parameters.find((parameter) => parameter.name === name)?.type;
    if (taken !== undefined && accepts(taken, first)) return taken;
    return this.fail(
      `next${this.ofStep} must take a parameter ${name} of ${formatType(first)}`,
      formatType(taken ?? next.type),
    );
  }

  atServer(what: string, type: Type): void {
    if (!isAtServer(type)) this.fail(`${what} must be at SERVER`, formatType(type));
  }
}

function partsOf(result: Type): Readonly<Record<string, Type>> {
  return Object.fromEntries(result.kind === 'struct' ? structEntries(result) : []);
}

function isAtServer(type: Type): boolean {
  if (type.kind === 'federated') return type.placement === 'SERVER';
  return type.kind === 'struct' && structEntries(type).every(([, part]) => isAtServer(part));
}
