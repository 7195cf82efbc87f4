// `localComputation`: captures ordinary tf.js code, once, into a kernel graph. The step from writing to data in
// write → trace → compile → run; what comes out has a content hash and needs none of the code it came from.
import {
  formatType,
  type LocalComputation,
  type StructType,
  struct,
  type Type,
} from '@starling/federated-core';
import {
  checkKind,
  checkOptions,
  dataKinds,
  functionType,
  isAssignable,
  isType,
  kinds,
  runBody,
} from '@starling/federated-core/plan';
import { cleanGraph } from '../cleaning/clean-graph.js';
import type { KernelGraph } from '../graph/kernel-graph.js';
import { graphId } from '../graph/serialized/graph-id.js';
import { scoped } from '../tensorflow/scopes.js';
import { withCaptureBackend } from './record-kernels.js';
import { captureBackend } from './recording/capture-backend.js';
import { CaptureError } from './recording/capture-error.js';
import { keepingVariables } from './recording/kept-variables.js';
import { withoutFrozenNumbers } from './recording/randomness.js';
import { Recording } from './recording/recording.js';
import {
  structureLeaves,
  structureType,
  type TensorStructure,
  type TypeOfStructure,
} from './recording/structure.js';
import { tracedQuietly } from './recording/value-reads.js';
import { type Captured, makeParameter } from './sequences/parameters.js';
import { keepBody, type WrittenBody } from './written-bodies.js';

/** A record of types: the body then takes a record of values by the same names. */
export interface ParameterRecord {
  readonly [name: string]: Type;
}

export type ParameterTypeOf<P> = P extends null
  ? null
  : P extends Type
    ? P
    : P extends ParameterRecord
      ? StructType<P>
      : never;

export type ArgumentOf<P> = P extends Type
  ? Captured<P>
  : P extends ParameterRecord
    ? { readonly [K in keyof P]: Captured<P[K]> }
    : undefined;

/** The type of what a body returns. */
export type ResultTypeOf<R> = TypeOfStructure<R> & Type;

export interface LocalComputationOptions<T extends Type = Type> {
  /** For errors and logs; default: the body's own name, or `local`. Not part of the content hash. */
  readonly name?: string;
  /**
   * The type that the body must give. tf.js does not tell TypeScript element types or shapes: with this, the editor
   * knows them, and `evaluate` gives numbers and tensors rather than any value. By default, whatever the body gives.
   */
  readonly result?: T;
}

/**
 * Captures `body` as a local computation. `parameters` is a record of types, one type, or `null` for none; the body
 * gets tf.js tensors (`uint8` as int32) and `SymbolicDataset`s, and returns a tensor, a number, a boolean, or a record
 * or array of them. Tensors from outside become constants. The body runs once, synchronously, on shapes alone; throws a
 * `CaptureError` if it reads a value, draws random numbers in JavaScript, calls an unknown kernel, or gives something
 * else than `result` says.
 */
export function localComputation<const P extends ParameterRecord | Type | null, T extends Type>(
  parameters: P,
  body: (argument: ArgumentOf<P>) => TensorStructure,
  options: LocalComputationOptions<T> & { readonly result: T },
): LocalComputation<ParameterTypeOf<P>, T>;
export function localComputation<const P extends ParameterRecord | Type | null, R extends TensorStructure>(
  parameters: P,
  body: (argument: ArgumentOf<P>) => R,
  options?: LocalComputationOptions,
): LocalComputation<ParameterTypeOf<P>, ResultTypeOf<R>>;
export function localComputation(
  parameters: ParameterRecord | Type | null,
  body: (argument: never) => TensorStructure,
  options: LocalComputationOptions = {},
): LocalComputation {
  checkArguments(parameters, body, options);
  const name = options.name ?? (body.name === '' ? 'local' : body.name);
  const parameter = parameterType(parameters);
  const given = `its body must compute with tf.js on ${parameter === null ? 'no argument' : formatType(parameter)}`;
  const written: WrittenBody = {
    parameter,
    body: (argument) => runBody(`Cannot capture ${name}`, given, () => body(argument as never)),
  };
  const { graph, result } = captureBody(written);
  if (options.result !== undefined && !isAssignable(options.result, result)) {
    throw new CaptureError(
      'bad-result',
      `Cannot capture ${name}: need a result of ${formatType(options.result)}, got ${formatType(result)}`,
    );
  }
  const cleaned = cleanGraph(graph);
  keepBody(cleaned, written);
  return {
    kind: 'local-computation',
    name,
    id: graphId(parameter, result, cleaned),
    type: functionType(parameter, result),
    body: cleaned,
  };
}

/** The kernel graph of a local computation; throws a `TypeError` if it was not made by `localComputation`. */
export function kernelGraphOf(local: LocalComputation): KernelGraph {
  const graph = local.body as Partial<KernelGraph> | null;
  if (!Array.isArray(graph?.nodes)) {
    throw new TypeError(
      `Cannot take the graph of '${local.name}': need a local computation made by localComputation, got a body of type ${typeof local.body}`,
    );
  }
  return graph as KernelGraph;
}

const ACTION = 'Cannot capture a local computation';

function checkArguments(parameters: unknown, body: unknown, options: LocalComputationOptions): void {
  checkKind(ACTION, 'its parameters', parameters, {
    need: 'types by name, such as { x: float32(784) }, one type, or null for none',
    fits: (value) => value === null || (typeof value === 'object' && !Array.isArray(value)),
    advice: (value) => (typeof value === 'function' ? 'Parameters come first, then the body' : null),
  });
  kinds.callable(ACTION, 'its body', body);
  checkOptions(ACTION, options, { name: kinds.text, result: dataKinds.type });
}

function parameterType(parameters: ParameterRecord | Type | null): Type | null {
  if (parameters === null) return null;
  return isType(parameters) ? parameters : struct(parameters);
}

/**
 * The graph of a body as it was written, and the type of its result. `numbered`: with the place of each draw and
 * reduction among those written (see `WrittenPlace`).
 */
export function captureBody(
  { parameter, body }: WrittenBody,
  { numbered = false }: { readonly numbered?: boolean } = {},
): { readonly graph: KernelGraph; readonly result: Type } {
  if (captureBackend.capturing) {
    throw new CaptureError(
      'captured-elsewhere',
      'Cannot capture a local computation inside the body of another: call its function directly, or make it before',
    );
  }
  const recording = new Recording(null, null, numbered);
  return withCaptureBackend(() => {
    try {
      return keepingVariables(captureBackend, () =>
        captureBackend.within(recording, () =>
          scoped(() => {
            const argument = parameter === null ? undefined : makeParameter(recording, parameter, 'argument');
            const structure = withoutFrozenNumbers(() => tracedQuietly(() => body(argument)));
            const leaves = structureLeaves(structure, 'the result');
            return { graph: recording.finish(leaves), result: structureType(structure, leaves) };
          }),
        ),
      );
    } finally {
      captureBackend.forget();
    }
  });
}
