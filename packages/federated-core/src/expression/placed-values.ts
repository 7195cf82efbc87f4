// Symbolic values by placement and disclosure, as an editor names them and signatures ask for them; and how the
// disclosure of arguments becomes that of a result, at the type level.
import type {
  AtClients,
  AtServer,
  Disclosure,
  FederatedType,
  Placement,
  SequenceType,
  StructElements,
  Type,
} from '../types/types.js';
import type { Composed, SymbolicValue } from './symbolic-value.js';

/** A value with each client: `{M}@CLIENTS`. */
export type ClientsValue<M extends Type = Type> = SymbolicValue<AtClients<M>>;
/** A value at the server: `M@SERVER`. */
export type ServerValue<M extends Type = Type> = SymbolicValue<AtServer<M>>;

/**
 * A value at the server for which the server sees values of single clients: what `federatedCollect` gives, and what is
 * computed from it.
 */
export type RevealingServerValue<M extends Type = Type> = SymbolicValue<
  FederatedType<M, 'SERVER', true, 'revealing'>
>;
/** A value with each client that is computed from such a value. */
export type RevealingClientsValue<M extends Type = Type> = SymbolicValue<
  FederatedType<M, 'CLIENTS', boolean, 'revealing'>
>;

/** A value with each client, revealing or not: what intrinsics take. */
export type AnyClientsValue<M extends Type = Type, D extends Disclosure = Disclosure> = SymbolicValue<
  FederatedType<M, 'CLIENTS', boolean, D>
>;
/** A value at the server, revealing or not. */
export type AnyServerValue<M extends Type = Type, D extends Disclosure = Disclosure> = SymbolicValue<
  FederatedType<M, 'SERVER', true, D>
>;

/** A value in some place. */
export type PlacedValue<M extends Type = Type> = AnyClientsValue<M> | AnyServerValue<M>;

/** What a dataset, in some place, has elements of. */
export type ElementOf<V> = V extends SymbolicValue<FederatedType<SequenceType<infer E>>> ? E : Type;

/** What comes of values of disclosure `D`, with each client: revealing unless all of them are aggregated. */
export type ClientsResult<M extends Type, D> = [D] extends ['aggregated']
  ? ClientsValue<M>
  : RevealingClientsValue<M>;
/** The same at the server. */
export type ServerResult<M extends Type, D> = [D] extends ['aggregated']
  ? ServerValue<M>
  : RevealingServerValue<M>;

/** What comes of the values `C` in the place where they are. */
export type PlacedResult<M extends Type, C> = [PlacementIn<C>] extends ['CLIENTS']
  ? ClientsResult<M, DisclosureIn<C>>
  : ServerResult<M, DisclosureIn<C>>;

/**
 * Values in a record or list, if they are all in one place; where they are not, a sentence in the place of each that is
 * at the server, so that the editor underlines it.
 */
export type InOnePlace<C, V = C> = 'CLIENTS' | 'SERVER' extends PlacementIn<C> ? NoInfer<OutOfPlace<C>> : V;

type OutOfPlace<C> = [Composed<AnyClientsValue>] extends [C]
  ? C
  : C extends SymbolicValue<infer T>
    ? T extends FederatedType<Type, 'SERVER'>
      ? 'is at SERVER beside values at CLIENTS: need federatedBroadcast of it, or an aggregate of them'
      : C
    : { readonly [K in keyof C]: OutOfPlace<C[K]> };

/** The placement of a value, or of any in a record or list of them. */
export type PlacementIn<C> = unknown extends C
  ? never
  : [Composed<AnyClientsValue>] extends [C]
    ? 'CLIENTS'
    : [Composed<AnyServerValue>] extends [C]
      ? 'SERVER'
      : C extends SymbolicValue<infer T>
        ? T extends FederatedType<Type, infer P>
          ? P
          : never
        : C extends readonly (infer V)[]
          ? PlacementIn<V>
          : C extends object
            ? { readonly [K in keyof C]-?: PlacementIn<C[K]> }[keyof C]
            : never;

/** The disclosure of a value, or of any in a record or list of them. */
export type DisclosureIn<C> = [Composed<AnyClientsValue>] extends [C]
  ? Disclosure
  : [Composed<AnyServerValue>] extends [C]
    ? Disclosure
    : C extends SymbolicValue<infer T>
      ? DisclosureOf<T>
      : C extends readonly (infer V)[]
        ? DisclosureIn<V>
        : C extends object
          ? { readonly [K in keyof C]-?: DisclosureIn<C[K]> }[keyof C]
          : never;

/** The disclosure of a type, or of any placed part of it. */
export type DisclosureOf<T> =
  T extends FederatedType<Type, Placement, boolean, infer D>
    ? D
    : T extends { readonly kind: 'struct'; readonly elements: infer E }
      ? StructElements extends E
        ? Disclosure
        : E extends readonly (infer V)[]
          ? DisclosureOf<V>
          : { readonly [K in keyof E]: DisclosureOf<E[K]> }[keyof E]
      : never;
