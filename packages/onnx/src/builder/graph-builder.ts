// Builds an ONNX graph node by node, inferring each result's type and shape, so that lowering rules read like
// the mathematics they state. One method for each family of operators; anything else goes through `emit`.
import { type Tensor, tensor } from '@starling/federated-core';
import { allocate, sizeOf } from '@starling/federated-core/plan';
import type {
  OnnxAttribute,
  OnnxConstant,
  OnnxDType,
  OnnxGraph,
  OnnxNode,
  OnnxValue,
} from '../model/onnx-model.js';
import { broadcastShapes, matMulShape, reducedShape } from './shapes.js';

type Attributes = OnnxNode['attributes'];
type Described = Pick<OnnxValue, 'dtype' | 'shape'>;

export const attribute = {
  int: (value: number): OnnxAttribute => ({ kind: 'int', value }),
  ints: (value: readonly number[]): OnnxAttribute => ({ kind: 'ints', value }),
  float: (value: number): OnnxAttribute => ({ kind: 'float', value }),
  string: (value: string): OnnxAttribute => ({ kind: 'string', value }),
  graph: (value: OnnxGraph): OnnxAttribute => ({ kind: 'graph', value }),
};

/** Names of a whole model: a prefix and a count, so that the same lowering gives the same bytes. */
export class NameSource {
  #count = 0;

  next(prefix: string): string {
    return `${prefix}_${this.#count++}`;
  }
}

export class GraphBuilder {
  readonly #names: NameSource;
  /** Small ones by what they hold, large ones by their tensor. */
  readonly #constants = new Map<string | Tensor, OnnxConstant>();
  readonly #constantData = new Map<string, Tensor>();
  readonly #nodes: OnnxNode[] = [];
  readonly #producers = new Map<string, OnnxNode>();

  constructor(names = new NameSource()) {
    this.#names = names;
  }

  /** A builder for a subgraph, whose nodes may read this graph's values. */
  subgraph(): GraphBuilder {
    return new GraphBuilder(this.#names);
  }

  finish(name: string, inputs: readonly OnnxValue[], outputs: readonly OnnxValue[]): OnnxGraph {
    return {
      name,
      inputs,
      constants: [...this.#constants.values()],
      nodes: this.#nodes,
      outputs,
    };
  }

  /** The node of this graph that makes a value. */
  producer(value: OnnxValue): OnnxNode | undefined {
    return this.#producers.get(value.name);
  }

  /** The elements of a constant of this graph. */
  constantData(value: OnnxValue): Tensor | undefined {
    return this.#constantData.get(value.name);
  }

  /**
   * A named value without a node: an input of the graph. Inputs keep their names when a pass builds the graph anew,
   * so their prefixes must not be those of operators.
   */
  value(prefix: string, { dtype, shape }: Described): OnnxValue {
    return { name: this.#names.next(prefix), dtype, shape };
  }

  emit(
    op: string,
    inputs: readonly (OnnxValue | null)[],
    outputs: readonly Described[],
    attributes: Attributes = {},
    domain?: string,
  ): readonly OnnxValue[] {
    const values = outputs.map((output) => this.value(op.toLowerCase(), output));
    const node = { op, ...(domain ? { domain } : {}), inputs, outputs: values, attributes };
    this.#nodes.push(node);
    for (const value of values) this.#producers.set(value.name, node);
    return values;
  }

  /** A node with one output. */
  emitOne(
    op: string,
    inputs: readonly (OnnxValue | null)[],
    output: Described,
    attributes: Attributes = {},
    domain?: string,
  ): OnnxValue {
    return this.emit(op, inputs, [output], attributes, domain)[0] as OnnxValue;
  }

  constant(data: Tensor): OnnxValue {
    const key = constantKey(data) ?? data;
    const known = this.#constants.get(key);
    if (known) return known.value;
    const value = this.value('constant', { dtype: data.dtype, shape: data.shape });
    this.#constants.set(key, { value, tensor: data });
    this.#constantData.set(value.name, data);
    return value;
  }

  /** A constant of the given type in which every element is `value`; a scalar by default. */
  filled(dtype: OnnxDType, value: number, shape: readonly number[] = []): OnnxValue {
    const data = allocate(dtype, sizeOf(shape));
    (data as { fill(value: number | bigint | string): unknown }).fill(
      dtype === 'int64' ? BigInt(value) : dtype === 'string' ? String(value) : value,
    );
    return this.constant(tensor(dtype, shape, data));
  }

  /** A scalar of the same element type as `like`. */
  scalarLike(like: OnnxValue, value: number): OnnxValue {
    return this.filled(like.dtype, value);
  }

  /** An int64 vector: the shapes, axes and positions that operators take. */
  ints(values: readonly number[]): OnnxValue {
    return this.constant(tensor('int64', [values.length], BigInt64Array.from(values, BigInt)));
  }

  unary(op: string, x: OnnxValue, attributes: Attributes = {}): OnnxValue {
    return this.emitOne(op, [x], x, attributes);
  }

  /** An elementwise operator with broadcasting, whose result has the element type of its operands. */
  binary(op: string, a: OnnxValue, b: OnnxValue, attributes: Attributes = {}): OnnxValue {
    return this.emitOne(op, [a, b], { dtype: a.dtype, shape: broadcastShapes(a.shape, b.shape) }, attributes);
  }

  compare(op: 'Equal' | 'Greater' | 'GreaterOrEqual' | 'Less' | 'LessOrEqual', a: OnnxValue, b: OnnxValue) {
    return this.emitOne(op, [a, b], { dtype: 'bool', shape: broadcastShapes(a.shape, b.shape) });
  }

  where(condition: OnnxValue, ifTrue: OnnxValue, ifFalse: OnnxValue): OnnxValue {
    const shape = broadcastShapes(condition.shape, broadcastShapes(ifTrue.shape, ifFalse.shape));
    return this.emitOne('Where', [condition, ifTrue, ifFalse], { dtype: ifTrue.dtype, shape });
  }

  cast(x: OnnxValue, dtype: Exclude<OnnxDType, 'string'>): OnnxValue {
    if (x.dtype === dtype) return x;
    const code = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float64: 11 }[dtype];
    return this.emitOne('Cast', [x], { dtype, shape: x.shape }, { to: attribute.int(code) });
  }

  reshape(x: OnnxValue, shape: readonly number[]): OnnxValue {
    if (sameShape(x.shape, shape)) return x;
    return this.emitOne('Reshape', [x, this.ints(shape)], { dtype: x.dtype, shape });
  }

  transpose(x: OnnxValue, permutation: readonly number[]): OnnxValue {
    if (permutation.every((axis, index) => axis === index)) return x;
    const shape = permutation.map((axis) => x.shape[axis] as number);
    return this.emitOne('Transpose', [x], { dtype: x.dtype, shape }, { perm: attribute.ints(permutation) });
  }

  expand(x: OnnxValue, shape: readonly number[]): OnnxValue {
    if (sameShape(x.shape, shape)) return x;
    return this.emitOne('Expand', [x, this.ints(shape)], { dtype: x.dtype, shape });
  }

  matMul(a: OnnxValue, b: OnnxValue): OnnxValue {
    return this.emitOne('MatMul', [a, b], { dtype: a.dtype, shape: matMulShape(a.shape, b.shape) });
  }

  /** One of the Reduce operators over non-negative axes. */
  reduce(op: string, x: OnnxValue, axes: readonly number[], keepDims: boolean): OnnxValue {
    const output = { dtype: x.dtype, shape: reducedShape(x.shape, axes, keepDims) };
    const attributes = { keepdims: attribute.int(keepDims ? 1 : 0) };
    // ReduceSum takes its axes as an input since operator set 13, the others since 18.
    return this.emitOne(op, [x, this.ints(axes)], output, attributes);
  }

  concat(parts: readonly OnnxValue[], axis: number): OnnxValue {
    const first = parts[0] as OnnxValue;
    if (parts.length === 1) return first;
    const shape = [...first.shape];
    shape[axis] = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
    return this.emitOne('Concat', parts, { dtype: first.dtype, shape }, { axis: attribute.int(axis) });
  }

  /** Elements from `begin` on, `size` of them, every `step`-th, along each of `axes`. */
  slice(
    x: OnnxValue,
    axes: readonly number[],
    begin: readonly number[],
    size: readonly number[],
    step: readonly number[] = axes.map(() => 1),
  ): OnnxValue {
    const kept = axes.filter((axis, i) => !(size[i] === x.shape[axis] && begin[i] === 0 && step[i] === 1));
    if (kept.length === 0) return x;
    const shape = [...x.shape];
    axes.forEach((axis, i) => {
      shape[axis] = size[i] as number;
    });
    const end = axes.map((_, i) => {
      const last = (begin[i] as number) + ((size[i] as number) - 1) * (step[i] as number);
      const past = last + Math.sign(step[i] as number);
      return past < 0 ? BEFORE_THE_FIRST : past;
    });
    return this.emitOne('Slice', [x, this.ints(begin), this.ints(end), this.ints(axes), this.ints(step)], {
      dtype: x.dtype,
      shape,
    });
  }

  /** Zero (or `value`) around `x`; one [before, after] pair an axis. */
  pad(x: OnnxValue, paddings: readonly (readonly [number, number])[], value = 0): OnnxValue {
    if (paddings.every(([before, after]) => before === 0 && after === 0)) return x;
    const shape = x.shape.map((size, axis) => {
      const [before, after] = paddings[axis] as readonly [number, number];
      return size + before + after;
    });
    const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
    return this.emitOne('Pad', [x, this.ints(pads), this.scalarLike(x, value)], { dtype: x.dtype, shape });
  }

  /** `x` at the positions `indices` along an axis. */
  gather(x: OnnxValue, indices: OnnxValue, axis: number): OnnxValue {
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    return this.emitOne('Gather', [x, indices], { dtype: x.dtype, shape }, { axis: attribute.int(axis) });
  }
}

/** An end that a Slice with a negative step reads as "through the first element". */
const BEFORE_THE_FIRST = -1_000_000_000;

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

const LARGEST_SHARED_CONSTANT = 16;

/** Each constant comes by once a pass, and there are dozens of passes. */
const knownKeys = new WeakMap<Tensor, string>();

/** What two equal small constants have in common; `null` for large ones and strings. */
function constantKey(constant: Tensor): string | null {
  const { dtype, shape, data } = constant;
  if (dtype === 'string' || data.length > LARGEST_SHARED_CONSTANT) return null;
  const known = knownKeys.get(constant);
  if (known !== undefined) return known;
  const elements = Array.from(data as ArrayLike<number | bigint>, (x) => (Object.is(x, -0) ? '-0' : `${x}`));
  const key = `${dtype}[${shape}]:${elements}`;
  knownKeys.set(constant, key);
  return key;
}
