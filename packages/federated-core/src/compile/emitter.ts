// Turns the expressions of one place into a program: demand-driven, so that nothing unused is computed, and
// each expression once, so that what the user wrote once runs once.

import { atLocation } from '../errors/source-location.js';
import { CompileError } from '../errors/starling-error.js';
import type { Expression } from '../expression/expression.js';
import { intrinsicNamed } from '../intrinsics/intrinsics.js';
import type { LocalProgram, Register } from '../program/program.js';
import { ProgramBuilder } from '../program/program-builder.js';
import { formatType } from '../types/format.js';
import { leafCount } from '../types/leaves.js';
import { structEntries, type Type } from '../types/types.js';

export class Emitter {
  private readonly builder: ProgramBuilder;
  private readonly registersOf = new Map<Expression, readonly Register[]>();

  /** `inputs`: the expressions whose leaves enter the program, in order; or how many leaves it leaves unread. */
  constructor(
    inputs: readonly (Expression | number)[],
    private readonly saltOf: ReadonlyMap<Expression, number>,
  ) {
    let next = 0;
    for (const input of inputs) {
      if (typeof input === 'number') {
        next += input;
        continue;
      }
      const count = leafCount(input.type);
      this.registersOf.set(
        input,
        Array.from({ length: count }, (_, index) => next + index),
      );
      next += count;
    }
    this.builder = new ProgramBuilder(next);
  }

  /** The registers of an expression's leaves. */
  emit(expression: Expression): readonly Register[] {
    const known = this.registersOf.get(expression);
    if (known !== undefined) return known;
    const registers = this.compute(expression);
    this.registersOf.set(expression, registers);
    return registers;
  }

  /** A float64 in [0, 1), drawn by each client for `expression`. */
  random(expression: Expression): readonly Register[] {
    return this.builder.add({ op: 'random', salt: this.saltOf.get(expression)! }, 1);
  }

  build(outputs: readonly Register[]): LocalProgram {
    return this.builder.build(outputs);
  }

  private compute(expression: Expression): readonly Register[] {
    switch (expression.kind) {
      case 'literal':
        return this.builder.constants(expression.leaves);
      case 'local':
        return [];
      case 'struct':
        return expression.elements.flatMap((element) => this.emit(element));
      case 'selection': {
        const [start, end] = fieldRange(expression.source.type, expression.index);
        return this.emit(expression.source).slice(start, end);
      }
      case 'intrinsic': {
        const definition = intrinsicNamed(expression.intrinsic);
        if (definition.role === 'pointwise') {
          const inputs = expression.arguments.map((argument) => this.emit(argument));
          return definition.emit(this.builder, expression, inputs, this.saltOf.get(expression)!);
        }
        throw new CompileError(
          `Cannot compile ${expression.intrinsic} here: its value is at another place${atLocation(expression.location)}`,
        );
      }
      case 'parameter':
      case 'call':
        throw new CompileError(
          `Cannot compile a ${expression.kind} of ${formatType(expression.type)} here: it is not among the inputs of the program`,
        );
    }
  }
}

/** Which leaves of a struct are those of its `index`-th field: from, to (exclusive). */
export function fieldRange(type: Type, index: number): readonly [number, number] {
  const owner = type.kind === 'federated' ? type.member : type;
  if (owner.kind !== 'struct')
    throw new CompileError(`Cannot select from ${formatType(type)}: need a struct`);
  const counts = structEntries(owner).map(([, field]) => leafCount(field));
  const start = counts.slice(0, index).reduce((total, count) => total + count, 0);
  return [start, start + counts[index]!];
}
