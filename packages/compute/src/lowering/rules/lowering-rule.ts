// A lowering rule: how one tf.js kernel is expressed in ONNX. The table in `rules/index.ts` has one a kernel.

import type { GraphBuilder, OnnxValue } from '@starling/onnx';
import type { Attribute, KernelNode, ValueSpec } from '../../graph/kernel-graph.js';

/** Emits the nodes of one kernel call and gives its outputs, in the kernel's order. */
export type LoweringRule = (builder: GraphBuilder, call: KernelCall) => OnnxValue | readonly OnnxValue[];

/** Why a graph cannot be lowered; it then runs on the tfjs engine alone. */
export class LoweringError extends Error {
  override readonly name = 'LoweringError';
}

/** A kernel node as a rule reads it: inputs as ONNX values, attributes checked. */
export class KernelCall {
  readonly kernel: string;
  readonly outputs: readonly ValueSpec[];
  readonly #inputs: ReadonlyMap<string, readonly OnnxValue[]>;
  readonly #attributes: KernelNode['attributes'];

  constructor(
    node: Pick<KernelNode, 'kernel' | 'attributes'>,
    inputs: ReadonlyMap<string, readonly OnnxValue[]>,
    outputs: readonly ValueSpec[],
  ) {
    this.kernel = node.kernel;
    this.outputs = outputs;
    this.#inputs = inputs;
    this.#attributes = node.attributes;
  }

  get output(): ValueSpec {
    return this.outputs[0] as ValueSpec;
  }

  input(name: string): OnnxValue {
    const value = this.optionalInput(name);
    if (!value) throw new LoweringError(`Cannot lower ${this.kernel}: it needs an input '${name}', got none`);
    return value;
  }

  optionalInput(name: string): OnnxValue | undefined {
    return this.#inputs.get(name)?.[0];
  }

  /** All inputs in order, of a variadic kernel. */
  inputs(): readonly OnnxValue[] {
    return [...this.#inputs.values()].flat();
  }

  attribute(name: string): Attribute | undefined {
    return this.#attributes[name];
  }

  number(name: string, fallback?: number): number {
    const value = this.#attributes[name] ?? fallback;
    if (typeof value === 'number') return value;
    throw this.#wrongAttribute(name, 'a number', value);
  }

  flag(name: string): boolean {
    return this.#attributes[name] === true;
  }

  text(name: string): string {
    const value = this.#attributes[name];
    if (typeof value === 'string') return value;
    throw this.#wrongAttribute(name, 'a string', value);
  }

  /** A list of numbers; a lone number counts as a list of one. */
  numbers(name: string): readonly number[] {
    const value = this.#attributes[name];
    if (typeof value === 'number') return [value];
    if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return value as number[];
    throw this.#wrongAttribute(name, 'a list of numbers', value);
  }

  /** Axes of an input of the given rank, made non-negative; all of them where the attribute is null. */
  axes(name: string, rank: number): readonly number[] {
    if (this.#attributes[name] === null || this.#attributes[name] === undefined) {
      return Array.from({ length: rank }, (_, axis) => axis);
    }
    return this.numbers(name).map((axis) => (axis < 0 ? axis + rank : axis));
  }

  #wrongAttribute(name: string, need: string, actual: unknown): LoweringError {
    return new LoweringError(
      `Cannot lower ${this.kernel}: attribute '${name}' must be ${need}, got ${JSON.stringify(actual)}`,
    );
  }
}
