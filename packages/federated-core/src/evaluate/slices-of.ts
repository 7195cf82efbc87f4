// What `federatedSelect` gives a client, in the reference meaning: the server slices once for each key, with a seed
// that is the key's, and a client gets the slices of its keys, in their order.
import { TypeMismatchError } from '../errors/starling-error.js';
import type { Expression, IntrinsicExpression, LocalExpression } from '../expression/expression.js';
import { referenceStack } from '../intrinsics/framework/reference.js';
import type { LocalRunner } from '../program/local-computation.js';
import { deriveSeed, type Seed } from '../random/seed.js';
import { leafTypes } from '../types/leaves.js';
import type { Tensor } from '../values/tensor.js';

type Leaves = readonly Tensor[];

/** Where values are: a client, or the server. */
interface Place {
  readonly seed: Seed;
  readonly saltOf: ReadonlyMap<Expression, number>;
  value(expression: Expression): Promise<Leaves>;
  attempt(expression: IntrinsicExpression, compute: () => Promise<Leaves>): Promise<Leaves>;
}

/** The slices of a call for a client; a `TypeMismatchError` when two slices of the call differ in shape. */
export function slicesOf(
  server: Place,
  run: LocalRunner,
): (select: IntrinsicExpression, client: Place) => Promise<Leaves> {
  const sliced = new Map<IntrinsicExpression, Map<number, Promise<Leaves>>>();

  async function slice(select: IntrinsicExpression, key: number): Promise<Leaves> {
    const { computation } = select.arguments[2] as LocalExpression;
    const served = await server.value(select.arguments[1]!);
    const seed = deriveSeed(server.seed, server.saltOf.get(select)!, key);
    const scalar: Tensor = { dtype: 'int32', shape: [], data: Int32Array.of(key) };
    return server.attempt(select, async () => run(computation, [...served, scalar], seed));
  }

  return async (select, client) => {
    const { computation } = select.arguments[2] as LocalExpression;
    const known = sliced.get(select) ?? new Map<number, Promise<Leaves>>();
    sliced.set(select, known);
    const [keys] = await client.value(select.arguments[0]!);
    const wanted = Array.from(keys!.data as Int32Array);
    for (const key of wanted) if (!known.has(key)) known.set(key, slice(select, key));
    const own = await Promise.all(wanted.map((key) => known.get(key)!));
    const [first] = await Promise.all(known.values());
    if (own.some((leaves) => shapesOf(leaves) !== shapesOf(first!))) {
      throw new TypeMismatchError('Cannot select slices: all must be of one shape');
    }
    return referenceStack(leafTypes(computation.type.result), own);
  };
}

function shapesOf(leaves: Leaves): string {
  return JSON.stringify(leaves.map(({ shape }) => shape));
}
