// What `evaluate` is given, as leaves: one list for each value at the server, one for each member with a client.

import type { FederatedComputation } from '../computations/federated-computation.js';
import { describeValue } from '../errors/describe-value.js';
import { didYouMean } from '../errors/nearest-name.js';
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { ValueError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import { flatten } from '../values/flatten.js';
import { copyTensor, type Tensor } from '../values/tensor.js';
import { valueFor } from '../values/value-for.js';

type Leaves = readonly Tensor[];

export interface Arguments {
  readonly server: ReadonlyMap<string | null, Leaves>;
  readonly clients: ReadonlyMap<string | null, readonly Leaves[]>;
  readonly cohort: number;
}

/** Checks arguments by name; throws a `ValueError` that names the one that is missing, unknown or of another length. */
export function readArguments(
  { name, parameters }: FederatedComputation,
  argument: unknown,
  clients: number | undefined,
): Arguments {
  const fail = (path: string, need: string): never => {
    throw new ValueError(path, `Cannot evaluate ${name}: ${path} ${need}${atLocation(sourceLocation())}`);
  };
  if (parameters[0]?.name !== null && typeof argument === 'object' && argument !== null) {
    const names = parameters.map((one) => String(one.name));
    const surplus = Object.keys(argument).find((key) => !names.includes(key));
    if (surplus !== undefined) {
      fail(surplus, `is no parameter; there are ${names.join(', ') || 'none'}${didYouMean(surplus, names)}`);
    }
  }
  const server = new Map<string | null, Leaves>();
  const members = new Map<string | null, readonly Leaves[]>();
  let cohort = clients;
  for (const { name: parameter, type } of parameters) {
    const input = parameter === null ? argument : fieldOf(argument, parameter);
    const path = parameter ?? 'its argument';
    const leavesOf = (value: unknown, at: string): Leaves =>
      // Copied: the caller may write to its own meanwhile.
      flatten(type, valueFor(`Cannot evaluate ${name}`, at, type, value)).map(copyTensor);
    if (type.kind !== 'federated' || type.placement === 'SERVER') {
      if (input === undefined) fail(path, `needs a value of ${formatType(type)}, got none`);
      server.set(parameter, leavesOf(input, path));
      continue;
    }
    if (!Array.isArray(input) || (cohort !== undefined && input.length !== cohort)) {
      fail(
        path,
        cohort === undefined
          ? `needs an array with one member a client, got ${describeValue(input)}`
          : `needs an array of ${cohort} members, one a client, got ${describeValue(input)}`,
      );
    }
    const given = input as readonly unknown[];
    cohort = given.length;
    members.set(
      parameter,
      given.map((member, client) => leavesOf(member, `${path}[${client}]`)),
    );
  }
  return { server, clients: members, cohort: cohort ?? 0 };
}

function fieldOf(argument: unknown, name: string): unknown {
  return typeof argument === 'object' && argument !== null
    ? (argument as Record<string, unknown>)[name]
    : undefined;
}
