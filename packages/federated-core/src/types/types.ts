// The types of federated computations: what a value is, and where it lives. First station of
// write → trace → compile → run; every other room names its values with these.
import { checkKind, type Kind } from '../errors/check-kind.js';
import { optionError } from '../errors/check-option.js';
import { describeValue, isPlain } from '../errors/describe-value.js';
import { didYouMean } from '../errors/nearest-name.js';

/** Element types of tensors. `uint8` is a storage type: inside local computations it reads as int32. */
export type DType = 'float32' | 'float64' | 'int32' | 'int64' | 'uint8' | 'bool' | 'string';

/** Where a federated value lives: with each client, or at the server. */
export type Placement = 'CLIENTS' | 'SERVER';

/**
 * Whether the server sees values of single clients in order to compute a value, or aggregates alone. `federatedCollect`
 * and `federatedSample` reveal, and `federatedSelect` does of keys; what is computed from what they give is revealing
 * too.
 */
export type Disclosure = 'aggregated' | 'revealing';

/** Sizes along each axis; a `null` one is not known until run time. */
export type Shape = readonly (number | null)[];

/** A tensor of a fixed element type. */
export interface TensorType<D extends DType = DType, S extends Shape = Shape> {
  readonly kind: 'tensor';
  readonly dtype: D;
  readonly shape: S;
}

/** Named fields (a record) or positions (an array). Order is part of the type. */
export type StructElements = readonly Type[] | { readonly [name: string]: Type };

export interface StructType<E extends StructElements = StructElements> {
  readonly kind: 'struct';
  readonly elements: E;
}

/** A dataset: any number of elements of one type. */
export interface SequenceType<E extends Type = Type> {
  readonly kind: 'sequence';
  readonly element: E;
}

export interface FunctionType<P extends Type | null = Type | null, R extends Type = Type> {
  readonly kind: 'function';
  readonly parameter: P;
  readonly result: R;
}

/** A value with a placement. `allEqual` says that every member is the same, as after a broadcast. */
export interface FederatedType<
  M extends Type = Type,
  P extends Placement = Placement,
  A extends boolean = boolean,
  D extends Disclosure = Disclosure,
> {
  readonly kind: 'federated';
  readonly member: M;
  readonly placement: P;
  readonly allEqual: A;
  readonly disclosure: D;
}

/** A type variable of a polymorphic signature, such as the `T` of `{T}@CLIENTS -> T@SERVER`. */
export interface AbstractType {
  readonly kind: 'abstract';
  readonly label: string;
}

export type Type = TensorType | StructType | SequenceType | FunctionType | FederatedType | AbstractType;

/** `{M}@CLIENTS`: each client has its own member. */
export type AtClients<M extends Type> = FederatedType<M, 'CLIENTS', boolean, 'aggregated'>;
/** `M@SERVER`: one member, at the server. */
export type AtServer<M extends Type> = FederatedType<M, 'SERVER', true, 'aggregated'>;

const KINDS: readonly unknown[] = ['tensor', 'struct', 'sequence', 'function', 'federated', 'abstract'];

/** Whether a value is a type, rather than a record of types or anything else. */
export function isType(value: unknown): value is Type {
  return typeof value === 'object' && value !== null && KINDS.includes((value as { kind?: unknown }).kind);
}

const ANY_TYPE: Kind = {
  need: 'a type, such as float32(784)',
  fits: isType,
  advice: (value) => {
    const isRecord = typeof value === 'object' && value !== null && Object.values(value).some(isType);
    if (Array.isArray(value)) return isRecord ? 'Write struct([…])' : null;
    return isRecord ? `Write struct({ ${Object.keys(value).join(', ')} })` : null;
  },
};

const FIELDS: Kind = {
  need: 'types by name, such as { x: float32(784), y: int32() }',
  fits: (value) => Array.isArray(value) || (typeof value === 'object' && value !== null && isPlain(value)),
  advice: (value) => (value instanceof Map ? 'Write struct(Object.fromEntries(map))' : null),
};

/** A tensor type of a given element type and shape; `null` marks an unknown dimension. */
export function tensorType<D extends DType>(dtype: D): TensorType<D, []>;
export function tensorType<D extends DType, const S extends Shape>(dtype: D, shape: S): TensorType<D, S>;
export function tensorType(dtype: DType, shape: Shape = []): TensorType {
  if (!DTYPES.includes(dtype)) {
    const near = typeof dtype === 'string' ? didYouMean(dtype, DTYPES) : '';
    throw optionError(
      `Cannot make a tensor type: need an element type of ${DTYPES.join(', ')}, got ${describeValue(dtype)}${near}`,
    );
  }
  if (!Array.isArray(shape)) {
    throw optionError(`Cannot make a tensor type: its shape must be an array, got ${describeValue(shape)}`);
  }
  for (const dimension of shape as Shape) {
    if (dimension !== null && !(Number.isSafeInteger(dimension) && dimension >= 0)) {
      const advice = Array.isArray(dimension) ? `. Write ${dtype}(${dimension.join(', ')})` : '';
      throw optionError(
        `Cannot make a tensor type: dimensions must be non-negative integers or null, got ${describeValue(dimension)}${advice}`,
      );
    }
  }
  return { kind: 'tensor', dtype, shape: [...shape] };
}

const DTYPES: readonly DType[] = ['float32', 'float64', 'int32', 'int64', 'uint8', 'bool', 'string'];

/** Named for its element type, for errors. */
function tensorTypeOf<D extends DType>(dtype: D): <S extends Shape>(...shape: S) => TensorType<D, S> {
  const make = <S extends Shape>(...shape: S): TensorType<D, S> => tensorType(dtype, shape);
  return Object.defineProperty(make, 'name', { value: dtype });
}

/** `float32()` is a scalar, `float32(null, 784)` a matrix with an unknown number of rows. */
export const float32 = tensorTypeOf('float32');
export const float64 = tensorTypeOf('float64');
export const int32 = tensorTypeOf('int32');
export const int64 = tensorTypeOf('int64');
export const uint8 = tensorTypeOf('uint8');
export const bool = tensorTypeOf('bool');
export const string = tensorTypeOf('string');

/**
 * A struct of named fields, or of positions when given an array. A struct without fields is one type, however it is
 * written: a record of no names. Throws a `RangeError` for a name that is no identifier.
 */
export function struct(elements: readonly []): StructType<{ readonly [name: string]: never }>;
export function struct<const E extends StructElements>(elements: E): StructType<E>;
export function struct<const E extends StructElements>(elements: E): StructType<E> {
  if (isType(elements)) {
    throw optionError(
      `Cannot make a struct type: need types by name, such as { x: float32(784), y: int32() }, got a ${elements.kind} type`,
    );
  }
  checkKind('Cannot make a struct type', 'what it is made of', elements, FIELDS);
  for (const [name, element] of Object.entries(elements)) {
    if (!Array.isArray(elements) && (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name === '__proto__')) {
      throw optionError(
        `Cannot make a struct type: field names must be identifiers other than __proto__ (JavaScript reorders integer keys), got '${name}'`,
      );
    }
    checkKind('Cannot make a struct type', name, element, ANY_TYPE);
  }
  if (!Array.isArray(elements)) return bounded({ kind: 'struct', elements: { ...elements } });
  return bounded({ kind: 'struct', elements: (elements.length === 0 ? {} : [...elements]) as E });
}

/** A dataset whose elements have the given type. */
export function sequence<E extends Type>(element: E): SequenceType<E> {
  requireData('sequence', element);
  return bounded({ kind: 'sequence', element });
}

export function functionType<P extends Type | null, R extends Type>(
  parameter: P,
  result: R,
): FunctionType<P, R> {
  return bounded({ kind: 'function', parameter, result });
}

/** `{M}@CLIENTS`. */
export function atClients<M extends Type>(member: M): AtClients<M> {
  requireData('federated value', member);
  return bounded({
    kind: 'federated',
    member,
    placement: 'CLIENTS',
    allEqual: false,
    disclosure: 'aggregated',
  });
}

/** `M@CLIENTS`: every client holds the same member, as after a broadcast. */
export function equalAtClients<M extends Type>(member: M): FederatedType<M, 'CLIENTS', true, 'aggregated'> {
  requireData('federated value', member);
  return bounded({
    kind: 'federated',
    member,
    placement: 'CLIENTS',
    allEqual: true,
    disclosure: 'aggregated',
  });
}

/** `M@SERVER`. */
export function atServer<M extends Type>(member: M): AtServer<M> {
  requireData('federated value', member);
  return bounded({
    kind: 'federated',
    member,
    placement: 'SERVER',
    allEqual: true,
    disclosure: 'aggregated',
  });
}

/**
 * Levels that types may nest: a tensor has one. Whatever is written can be read again, and no walk exhausts the stack.
 */
export const MAX_TYPE_DEPTH = 100;

const depths = new WeakMap<Type, number>();

/** `type`, when it is at most `MAX_TYPE_DEPTH` levels deep; else throws a `RangeError`. */
export function bounded<T extends Type>(type: T): T {
  const depth = depthOf(type);
  if (depth <= MAX_TYPE_DEPTH) return type;
  throw new RangeError(
    `Cannot make a ${type.kind} type: need at most ${MAX_TYPE_DEPTH} levels, got ${depth}`,
  );
}

function depthOf(type: Type): number {
  if (type.kind === 'tensor' || type.kind === 'abstract') return 1;
  const known = depths.get(type);
  if (known !== undefined) return known;
  const depth = 1 + Math.max(0, ...partsOf(type).map(depthOf));
  depths.set(type, depth);
  return depth;
}

function partsOf(type: Exclude<Type, TensorType | AbstractType>): readonly Type[] {
  switch (type.kind) {
    case 'struct':
      return Object.values(type.elements);
    case 'sequence':
      return [type.element];
    case 'function':
      return type.parameter === null ? [type.result] : [type.parameter, type.result];
    case 'federated':
      return [type.member];
  }
}

/** Datasets and placed values hold data: placements do not nest, and functions are not sent. */
function requireData(holder: string, type: Type): void {
  checkKind(`Cannot make a ${holder} type`, 'what it holds', type, ANY_TYPE);
  const fits = type.kind === 'struct' || (type.kind !== 'federated' && type.kind !== 'function');
  if (!fits) {
    throw optionError(`Cannot make a ${holder} type: it must hold data, got a ${type.kind} type`);
  }
  if (type.kind === 'struct') for (const [, field] of structEntries(type)) requireData(holder, field);
}

export function abstractType(label: string): AbstractType {
  return { kind: 'abstract', label };
}

/** The fields of a struct in order; the name is `null` in a struct of positions. */
export function structEntries(type: StructType): readonly (readonly [string | null, Type])[] {
  const elements = type?.elements;
  if (typeof elements !== 'object' || elements === null) {
    throw optionError(`Cannot read the fields of a type: need a struct type, got ${describeValue(type)}`);
  }
  if (Array.isArray(elements))
    return (elements as readonly Type[]).map((element) => [null, element] as const);
  return Object.entries(elements as { readonly [name: string]: Type });
}
