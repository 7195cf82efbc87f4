// Whether faults can be simulated on a population and a plan: whom they name is there, what they alter is sent, and
// somebody can answer.
import { isWeighted, leafTypes, type Phase } from '@starling/federated-core/plan';
import type { Population } from '@starling/population';
import type { ByzantineRule, CorruptRule, Faults, Scope } from './fault-schema.js';
import { type FaultProblem, FaultsError } from './faults-error.js';
import { leastLatency } from './latency.js';

type Clients = Pick<Population, 'name' | 'size' | 'clientId'>;

/** Throws a `FaultsError` that lists all problems. */
export function checkFaults(faults: Faults, phases: readonly Phase<unknown>[], population: Clients): void {
  const problems = [
    ...strangers(faults, population),
    ...pointless(faults, phases),
    ...nobodyLeft(faults, population),
  ];
  if (problems.length > 0) throw new FaultsError(problems);
}

const KINDS = ['dropouts', 'crashes', 'stragglers', 'corrupt', 'byzantine', 'duplicates'] as const;

/** Clients that rules name and the population does not have. Names are looked up once, and only if there are some. */
function strangers(faults: Faults, population: Clients): readonly FaultProblem[] {
  const listed = KINDS.flatMap((kind) =>
    (faults[kind] as readonly Scope[]).flatMap(({ clients = [] }, rule) =>
      clients.map((client, at) => ({ client, path: [kind, rule, 'clients', at] })),
    ),
  );
  const names = new Set(listed.flatMap(({ client }) => (typeof client === 'string' ? [client] : [])));
  for (let index = 0; index < population.size && names.size > 0; index++)
    names.delete(population.clientId(index));
  return listed
    .filter(({ client }) => (typeof client === 'number' ? client >= population.size : names.has(client)))
    .map(({ client, path }) => ({
      path,
      problem:
        typeof client === 'number'
          ? `must be below ${population.size}, the clients of ${population.name}, got ${client}`
          : `must be the name of a client of ${population.name}, such as '${population.clientId(0)}', got '${client}'`,
    }));
}

/** Alterations that would alter nothing in any phase. */
function pointless(
  { corrupt, byzantine }: Faults,
  phases: readonly Phase<unknown>[],
): readonly FaultProblem[] {
  const most = Math.max(0, ...phases.map(({ aggregations }) => aggregations.length));
  const problemOf = (kind: string, rule: number, { how, aggregations }: CorruptRule | ByzantineRule) => {
    const far = (aggregations ?? []).findIndex((each) => each >= most);
    if (far >= 0) {
      const path = [kind, rule, 'aggregations', far];
      return [
        { path, problem: `must be below ${most}, the aggregations of a phase, got ${aggregations![far]}` },
      ];
    }
    const meant = phases.flatMap((phase) =>
      phase.aggregations.filter((_, at) => aggregations === undefined || aggregations.includes(at)),
    );
    const dtypes = new Set(meant.flatMap(({ update }) => leafTypes(update).map(({ dtype }) => dtype)));
    const isFloat = dtypes.has('float32') || dtypes.has('float64');
    if ((how === 'nan' || how === 'infinity') && !isFloat) {
      const got = [...dtypes].join(', ') || 'nothing';
      return [{ path: [kind, rule, 'how'], problem: `'${how}' needs an update with floats, got ${got}` }];
    }
    if (how === 'weight' && !meant.some(isWeighted)) {
      return [{ path: [kind, rule, 'how'], problem: "'weight' needs a mean that is weighted, got none" }];
    }
    return [];
  };
  return [
    ...corrupt.flatMap((rule, at) => problemOf('corrupt', at, rule)),
    ...byzantine.flatMap((rule, at) => problemOf('byzantine', at, rule)),
  ];
}

/** Rules by which, from some round on, no client ever answers in time. */
function nobodyLeft(faults: Faults, clients: Clients): readonly FaultProblem[] {
  const { dropouts, crashes, stragglers, deadlineMs = Number.POSITIVE_INFINITY } = faults;
  const isCertain = ({ probability, rounds }: Scope): boolean =>
    probability === 1 && rounds?.to === undefined;
  const certain = [
    ...dropouts.map((rule, at) => {
      const isLost = isCertain(rule) || (rule.for === 'good' && rule.probability === 1);
      return { rule, isLost, path: ['dropouts', at] };
    }),
    ...crashes.map((rule, at) => ({ rule, isLost: isCertain(rule), path: ['crashes', at] })),
    ...stragglers.map((rule, at) => {
      const isLost = isCertain(rule) && leastLatency(rule.latency) > deadlineMs;
      return { rule, isLost, path: ['stragglers', at] };
    }),
  ].filter(({ isLost }) => isLost);
  if (certain.length === 0) return [];
  const all = certain.find(({ rule }) => rule.clients === undefined);
  if (all === undefined) {
    const listed = new Set<number | string>(certain.flatMap(({ rule }) => rule.clients ?? []));
    if (listed.size < clients.size) return [];
    for (let index = 0; index < clients.size; index++) {
      if (!listed.has(index) && !listed.has(clients.clientId(index))) return [];
    }
  }
  const { path, rule } = all ?? certain[0]!;
  const [kind] = path;
  const what = kind === 'stragglers' ? `comes within ${deadlineMs} ms` : 'answers';
  const whose = all === undefined ? 'with the rules like it, ' : '';
  return [
    {
      path,
      problem: `must leave a client that ${what}: ${whose}it loses all ${clients.size} clients for good, from round ${rule.rounds?.from ?? 1} on`,
    },
  ];
}
