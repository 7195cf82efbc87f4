// The in-process runtime, with a test looking at each phase that it is asked for.
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import type { PhaseRequest, Runtime } from '../runtime/runtime.js';

/** What `onPhase` throws is thrown in place of the phase. */
export function watchedRuntime(onPhase: (request: PhaseRequest) => void): Runtime {
  const inner = inProcessRuntime();
  return {
    ...inner,
    async open(plan, clients) {
      const session = await inner.open(plan, clients);
      return {
        ...session,
        async runPhase(request) {
          onPhase(request);
          return session.runPhase(request);
        },
      };
    },
  };
}
