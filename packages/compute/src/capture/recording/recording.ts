// A recording: the kernel graph of a local computation while its body runs. The body of a reduction has a recording of
// its own, whose parent is the enclosing one; what it reads of the parent becomes a capture.
import type { Tensor } from '@starling/federated-core';
import type { Attribute, GraphNode, KernelGraph, ValueId, ValueSpec } from '../../graph/kernel-graph.js';
import type { Kernel } from '../../graph/kernels.js';
import { checkElementTypes } from '../../graph/shape-rules/element-types.js';
import type { ShapeCall, ShapeResult } from '../../graph/shape-rules/shape-rule.js';
import { shapeRules } from '../../graph/shape-rules/shape-rules.js';
import type { TensorInfo } from '../../tensorflow/tf.js';
import { CaptureError } from './capture-error.js';

/** A value of a graph that is being recorded. */
export interface CapturedValue {
  readonly recording: Recording;
  readonly id: ValueId;
  readonly spec: ValueSpec;
}

export type KernelInputs = { readonly [name: string]: CapturedValue | readonly CapturedValue[] };

/**
 * The numbers that the steps of a recurrence draw. It is walked inside one call of the graph, so that they are drawn
 * for all steps before it, and walked as sequences. A step is traced more than once; each trace draws the same, in
 * order.
 */
export class StepDraws {
  /** First axis `steps`; values of the enclosing recording. */
  readonly all: CapturedValue[] = [];

  constructor(
    readonly outer: Recording,
    readonly steps: number,
  ) {}
}

export class Recording {
  readonly #values: ValueSpec[] = [];
  readonly #inputs: ValueId[] = [];
  readonly #constants: { value: ValueId; tensor: Tensor }[] = [];
  readonly #nodes: GraphNode[] = [];
  /** From ids of the parent to the inputs that stand for them here. */
  readonly #captures = new Map<ValueId, CapturedValue>();
  readonly #drawn: CapturedValue[] = [];

  /**
   * Tensors of other backends that are constants here, by tf.js's id of their data; of the outermost recording only.
   */
  readonly foreign = new Map<object, CapturedValue>();
  /** tf.js tensors by which values of enclosing recordings were read here, by their ids in the parent. */
  readonly outerTensors = new Map<ValueId, TensorInfo>();

  constructor(
    readonly parent: Recording | null,
    /** Of the step of a recurrence. */
    readonly stepDraws: StepDraws | null = null,
    /** Whether draws and reductions say which of those written here they are (see `WrittenPlace`). */
    readonly numbered: boolean = parent?.numbered ?? false,
  ) {}

  /** The recording of the whole computation. */
  get outermost(): Recording {
    return this.parent === null ? this : this.parent.outermost;
  }

  value(spec: ValueSpec): CapturedValue {
    return { recording: this, id: this.#values.push(spec) - 1, spec };
  }

  input(spec: ValueSpec): CapturedValue {
    const value = this.value(spec);
    this.#inputs.push(value.id);
    return value;
  }

  /** The step's part of numbers drawn for all steps: an input that stands before those for captures. */
  drawnInput(spec: ValueSpec): CapturedValue {
    const value = this.value(spec);
    this.#drawn.push(value);
    return value;
  }

  /** How many of `stepDraws` this trace has read. */
  get drawnCount(): number {
    return this.#drawn.length;
  }

  constant(tensor: Tensor, spec: ValueSpec): CapturedValue {
    const value = this.value(spec);
    this.#constants.push({ value: value.id, tensor });
    return value;
  }

  node(node: GraphNode): void {
    const isNumbered = this.numbered && (node.op === 'random' || node.op === 'reduce');
    const written = isNumbered ? { written: this.#nodes.filter(({ op }) => op === node.op).length } : {};
    this.#nodes.push({ ...node, ...written });
  }

  /** Records a kernel call; its outputs' shapes come from the kernel's shape rule. */
  kernel(
    kernel: Kernel,
    inputs: KernelInputs,
    attributes: { readonly [name: string]: Attribute },
  ): readonly CapturedValue[] {
    const ids: Record<string, ValueId | readonly ValueId[]> = {};
    const specs: Record<string, ValueSpec | readonly ValueSpec[]> = {};
    for (const [name, input] of Object.entries(inputs)) {
      ids[name] = isList(input) ? input.map((each) => this.read(each)) : this.read(input);
      specs[name] = isList(input) ? input.map((each) => each.spec) : input.spec;
    }
    const call: ShapeCall = { inputs: specs, attributes };
    checkElementTypes(kernel, call);
    const result: ShapeResult = shapeRules[kernel](call);
    const outputs = result.outputs.map((spec) => this.value(spec));
    this.node({
      op: 'kernel',
      kernel,
      inputs: ids,
      attributes: result.attributes ?? attributes,
      outputs: outputs.map((output) => output.id),
    });
    return outputs;
  }

  /** The id by which this recording reads a value of its own or of an enclosing recording. */
  read(value: CapturedValue): ValueId {
    if (value.recording === this) return value.id;
    if (this.parent === null) {
      throw new CaptureError(
        'captured-elsewhere',
        'Cannot use this tensor here: it belongs to a body that has ended. Return it from that body as part of its state',
      );
    }
    const outer = this.parent.read(value);
    const known = this.#captures.get(outer);
    if (known !== undefined) return known.id;
    const captured = this.value(value.spec);
    this.#captures.set(outer, captured);
    return captured.id;
  }

  /** Whether this recording reads a value of an enclosing recording. */
  hasCaptured(value: CapturedValue): boolean {
    return this.parent !== null && this.#captures.has(this.parent.read(value));
  }

  /** Which input a value is, so of the outermost recording the leaf of the argument; −1 for other values. */
  inputIndex(id: ValueId): number {
    return this.#inputs.indexOf(id);
  }

  /** The input of that index. */
  inputAt(index: number): CapturedValue {
    const id = this.#inputs[index] as ValueId;
    return { recording: this, id, spec: this.#values[id] as ValueSpec };
  }

  isInput(value: CapturedValue): boolean {
    return this.#allInputs.includes(value.id);
  }

  get #allInputs(): readonly ValueId[] {
    const further = [...this.#drawn, ...this.#captures.values()];
    return [...this.#inputs, ...further.map(({ id }) => id)];
  }

  /** Ids of the parent's values that this recording reads, in the order of its last inputs. */
  get captures(): readonly ValueId[] {
    return [...this.#captures.keys()];
  }

  finish(outputs: readonly CapturedValue[]): KernelGraph {
    const ids = outputs.map((output) => this.read(output));
    return {
      values: this.#values,
      inputs: this.#allInputs,
      constants: this.#constants,
      nodes: this.#nodes,
      outputs: ids,
    };
  }
}

function isList(input: CapturedValue | readonly CapturedValue[]): input is readonly CapturedValue[] {
  return Array.isArray(input);
}
