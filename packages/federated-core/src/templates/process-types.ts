// What the templates of processes ask of their computations, checked once for all of them.

import { computationKinds } from '../computations/computation-kinds.js';
import type { FederatedComputation } from '../computations/federated-computation.js';
import { kinds } from '../errors/check-kind.js';
import { atLocation } from '../errors/source-location.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import { accepts } from '../types/disclosure.js';
import { formatType } from '../types/format.js';
import { structEntries, type Type } from '../types/types.js';

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

  /** The type of the state that `initialize` gives: it takes nothing, and the state is at the server. */
  stateOf(initialize: FederatedComputation): Type {
    if (initialize.type.parameter !== null)
      this.fail(`initialize${this.ofStep} must take no parameter`, formatType(initialize.type));
    const state = initialize.type.result;
    if (state.kind !== 'federated' || state.placement !== 'SERVER') {
      this.fail(
        `initialize${this.ofStep} must give one value at SERVER (federatedZip makes one of several)`,
        formatType(state),
      );
    }
    return state;
  }

  /** The parts that `next` returns, which must be these; its state must go round. */
  resultsOf(
    next: FederatedComputation,
    state: Type,
    names: readonly string[],
  ): Readonly<Record<string, Type>> {
    const taken = next.parameters.find(({ name }) => name === 'state')?.type;
    if (taken === undefined || !accepts(taken, state)) {
      this.fail(
        `next${this.ofStep} must take a parameter state of ${formatType(state)}`,
        formatType(taken ?? next.type),
      );
    }
    const { result } = next.type;
    const results = Object.fromEntries(result.kind === 'struct' ? structEntries(result) : []) as Record<
      string,
      Type
    >;
    if (Object.keys(results).length !== names.length || names.some((name) => results[name] === undefined)) {
      this.fail(`next${this.ofStep} must return { ${names.join(', ')} }`, formatType(result));
    }
    const given = results['state']!;
    if (!accepts(taken, given))
      this.fail(`next${this.ofStep} must return a state of ${formatType(taken)}`, formatType(given));
    return results;
  }

  atServer(what: string, type: Type): void {
    if (!isAtServer(type)) this.fail(`${what} must be at SERVER`, formatType(type));
  }
}

function isAtServer(type: Type): boolean {
  if (type.kind === 'federated') return type.placement === 'SERVER';
  return type.kind === 'struct' && structEntries(type).every(([, part]) => isAtServer(part));
}
