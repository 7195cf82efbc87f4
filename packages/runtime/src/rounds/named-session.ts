// A session whose phases say of which attempt of which run they are.
import type { RuntimeSession, SettledAttempt } from '../runtime/runtime.js';

export function namedSession(
  session: RuntimeSession,
  { run, attempt }: Pick<SettledAttempt, 'run' | 'attempt'>,
): RuntimeSession {
  return {
    runPhase: (request) => session.runPhase({ ...request, run, attempt }),
    close: (isOver) => session.close(isOver),
  };
}
