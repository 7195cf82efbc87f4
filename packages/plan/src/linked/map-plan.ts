// Walks over a round plan: renames its graphs, and lists them. Packing, loading and shipping a plan all need
// one of the two.
import type {
  Aggregation,
  ClientState,
  Instruction,
  LocalProgram,
  Phase,
  RoundPlan,
} from '@starling/federated-core/plan';

/** The same plan with every graph named anew, such as by hash in place of the local computation itself. */
export function mapPlan<G, H>(plan: RoundPlan<G>, rename: (graph: G) => H): RoundPlan<H> {
  const { clientState, ...rest } = plan;
  return {
    ...rest,
    ...mapClientState(clientState, rename),
    phases: plan.phases.map(
      (phase): Phase<H> => ({
        ...phase,
        prepare: mapProgram(phase.prepare, rename),
        selections: phase.selections.map((each) => ({ ...each, graph: rename(each.graph) })),
        work: mapProgram(phase.work, rename),
        aggregations: phase.aggregations.map((aggregation) => mapAggregation(aggregation, rename)),
      }),
    ),
    apply: mapProgram(plan.apply, rename),
  };
}

function mapClientState<G, H>(
  state: ClientState<G> | undefined,
  rename: (graph: G) => H,
): { readonly clientState?: ClientState<H> } {
  if (state === undefined) return {};
  return { clientState: { ...state, initialize: mapProgram(state.initialize, rename) } };
}

/** Who runs a graph: clients, the server, or either (the operators of an aggregation). */
export type GraphRole = 'client' | 'server' | 'aggregation';

/** The graphs that parts of a plan with one of `roles` call, each once, in order of first use. */
export function graphsOf<G>(plan: RoundPlan<G>, roles: readonly GraphRole[]): readonly G[] {
  const found = new Set<G>();
  const visit = (role: GraphRole, program: LocalProgram<G>): void => {
    if (!roles.includes(role)) return;
    for (const instruction of program.instructions) {
      if ('graph' in instruction) found.add(instruction.graph);
    }
  };
  if (plan.clientState !== undefined) visit('client', plan.clientState.initialize);
  for (const phase of plan.phases) {
    visit('server', phase.prepare);
    if (roles.includes('server')) for (const { graph } of phase.selections) found.add(graph);
    visit('client', phase.work);
    for (const { operators } of phase.aggregations) {
      for (const program of Object.values(operators ?? {})) visit('aggregation', program);
    }
  }
  visit('server', plan.apply);
  return [...found];
}

function mapAggregation<G, H>(aggregation: Aggregation<G>, rename: (graph: G) => H): Aggregation<H> {
  const { operators, ...rest } = aggregation;
  if (operators === undefined) return rest;
  return {
    ...rest,
    operators: {
      zero: mapProgram(operators.zero, rename),
      accumulate: mapProgram(operators.accumulate, rename),
      merge: mapProgram(operators.merge, rename),
      report: mapProgram(operators.report, rename),
    },
  };
}

function mapProgram<G, H>(program: LocalProgram<G>, rename: (graph: G) => H): LocalProgram<H> {
  return {
    ...program,
    instructions: program.instructions.map(
      (instruction): Instruction<H> =>
        'graph' in instruction ? { ...instruction, graph: rename(instruction.graph) } : instruction,
    ),
  };
}
