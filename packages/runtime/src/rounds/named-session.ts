// A session whose phases say of which attempt of which run they are, and with how many updates they may end.
import type { RuntimeSession, SettledAttempt } from '../runtime/runtime.js';

export function namedSession(
  session: RuntimeSession,
  { run, attempt }: Pick<SettledAttempt, 'run' | 'attempt'>,
  goal: (asked: number) => number = (asked) => asked,
): RuntimeSession {
  return {
    runPhase: (request) => session.runPhase({ ...request, run, attempt, goal: goal(request.cohort.length) }),
    close: (isOver) => session.close(isOver),
  };
}
