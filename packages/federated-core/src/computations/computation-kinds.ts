// Kinds of computations that a user hands over: what else is called a computation is told apart, with what to write.
import { type Kind, ofKind } from '../errors/check-kind.js';
import { SymbolicValue } from '../expression/symbolic-value.js';

/** What each kind of thing is, and what to write in its place where a federated computation is needed. */
const ADVICE: Readonly<Record<string, string>> = {
  'local-computation': 'A local computation runs in one place: map it in a federatedComputation',
  'polymorphic-computation': 'Choose its types first: instantiate({ … })',
  'iterative-process': 'A process has two of them: initialize and next',
  'aggregation-process': 'A process has two of them: initialize and next',
  'estimation-process': 'A process has three of them: initialize, next and report',
  'measured-process': 'A process has two of them: initialize and next',
};

export function kindOf(value: unknown): string | null {
  const { kind } = (value ?? {}) as { readonly kind?: unknown };
  return typeof kind === 'string' ? kind : null;
}

const federated: Kind = {
  need: 'a computation, which federatedComputation(…) makes',
  fits: (value) => kindOf(value) === 'federated-computation',
  advice: (value) => {
    if (value instanceof SymbolicValue) return 'Give the computation itself, not the result of its call';
    return ADVICE[kindOf(value) ?? ''] ?? null;
  },
};

/** Checks of computations, for tables of options. */
export const computationKinds = {
  federated: ofKind(federated),
  local: ofKind({
    need: 'a local computation, which localComputation(…) makes',
    fits: (value) => kindOf(value) === 'local-computation',
  }),
  process: ofKind({
    need: 'a process, which iterativeProcess(…) or federatedAveraging(…) makes',
    fits: (value) => ['iterative-process', 'estimation-process'].includes(kindOf(value) ?? ''),
    advice: (value) =>
      kindOf(value) === 'federated-computation' ? 'Run it as a computation: { computation }' : null,
  }),
} as const;
