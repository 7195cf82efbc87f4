// One plain line a round, for logs, pipes and terminals without a cursor; and below it who is missing, where the reason
// is new.
import type { RoundLine, RunObserver } from '@starling/runtime/events';
import { constraintLines, createConstraintTally } from './constraint-lines.js';
import { faultLines, faultsOfFailed, linesOfAllFaults, totalFaults } from './fault-lines.js';
import { createLostTally, lostLines, WIDTH, wrapped } from './lost-lines.js';
import { formatDuration, formatNumber } from './numbers.js';
import { createRate } from './rate.js';
import {
  describeBest,
  describeEnd,
  describeEvaluation,
  describeMetrics,
  describeStart,
} from './run-words.js';
import { addStep, meanStaleness, NO_STEPS, stepLines } from './step-lines.js';

/** `every`: rounds from one line to the next; the last round, and one with a new reason, always have one. */
export function plainLines(write: (line: string) => void, every = 1): RunObserver {
  const rate = createRate();
  const lost = createLostTally();
  const constraints = createConstraintTally();
  let faults: Pick<RoundLine, 'faults' | 'virtualMs'> = {};
  let steps = NO_STEPS;
  /** The first round of this start. */
  let first: number | null = null;
  let isReady = false;
  let rounds = 0;
  let headline: string | null = null;
  const numbered = (round: number): string =>
    `round ${String(round).padStart(String(rounds).length)}/${rounds}`;
  return {
    started(start) {
      ({ rounds, headline } = start);
      write(describeStart(start));
      const evaluation = describeEvaluation(start);
      if (evaluation !== null && start.evaluation?.clients !== null) write(evaluation);
    },
    ready(openingMs) {
      // It is opened again only where its server dies, as simulated faults say.
      const again = isReady ? 'the server died (simulated), and is started again: ' : '';
      write(`${again}ready in ${formatDuration(openingMs)}`);
      isReady = true;
    },
    round(line) {
      first ??= line.round;
      faults = totalFaults([faults, line]);
      steps = addStep(steps, line);
      const speed = rate.add(line);
      const news = [...lost.add(line), ...(line.evaluated === undefined ? [] : lost.add(line.evaluated))];
      const checked = constraints.add(line.constraints ?? []);
      const isNew = news.length > 0 || checked.length > 0;
      if (line.round % every !== 0 && line.round !== rounds && !isNew) return;
      const parts = [
        numbered(line.round),
        ...describeMetrics(line, headline),
        ...meanStaleness(line),
        `${line.accepted}/${line.cohort} clients`,
        `${formatNumber(speed)} clients/s`,
        formatDuration(line.wallMs),
      ];
      write(parts.join('  '));
      for (const each of faultLines('faults', line, { indent: '  ' })) write(each);
      if (line.evaluationFailure !== undefined) write(notEvaluated(line.evaluationFailure));
      for (const each of checked) write(each);
      for (const each of lostLines(news, { advice: line.faults === undefined })) write(each);
    },
    failedRound(line) {
      first ??= line.round;
      faults = totalFaults([faults, faultsOfFailed(line)]);
      const news = lost.add(line);
      const [reason = ''] = line.message.replace(/^Cannot finish round \d+: /, '').split('\n');
      const parts = [
        numbered(line.round),
        `attempt ${line.attempt} failed`,
        `${line.accepted}/${line.cohort} clients`,
        `${line.code}: ${reason}`,
      ];
      write(parts.join('  '));
      for (const each of faultLines('faults', line, { indent: '  ' })) write(each);
      for (const each of lostLines(news, { advice: line.faults === undefined })) write(each);
    },
    finished(summary) {
      write(describeEnd(summary));
      for (const each of describeBest(summary)) write(each);
      for (const each of constraintLines(summary)) write(each);
      const total = lost.total();
      if (total !== null) for (const each of wrapped(total, WIDTH, '', '  ')) write(each);
      for (const each of stepLines(steps, first ?? 1)) write(each);
      for (const each of linesOfAllFaults(faults, first ?? 1)) write(each);
    },
  };
}

function notEvaluated({ code, message }: NonNullable<RoundLine['evaluationFailure']>): string {
  const [reason = ''] = message.replace(/^Cannot evaluate round \d+: /, '').split('\n');
  return `  not evaluated, ${code}: ${reason}`;
}
