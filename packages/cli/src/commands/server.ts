// `starling server`: a coordinator of many runs, which outlives them. Runs are submitted to it, and operated, over
// HTTP: `starling runs submit --server`.
import type { Command } from 'commander';
import { createLogger } from '../output/logger.js';
import { printLine } from '../output/print.js';
import { withInterrupt } from '../run/interrupt.js';
import { addDoorOptions, checkLimits, type DoorOptions, readDoors } from './doors.js';
import { example, numberOption, textOption } from './options.js';
import { operatorTokenFileOption, readOperatorToken } from './secrets.js';

interface ServerOptions extends DoorOptions {
  readonly state: string;
  readonly operatorTokenFile?: string;
  readonly maxRuns?: number;
}

export function addServerCommand(program: Command): void {
  const command = program
    .command('server')
    .description('host many runs, which are submitted while it serves')
    .addHelpText('after', example('starling server --state runs --operator-token-file operator.secret'))
    .addOption(
      textOption('--state', 'dir', 'keep all runs there, and continue from there')
        .env('STARLING_STATE')
        .makeOptionMandatory(),
    )
    .addOption(operatorTokenFileOption())
    .addOption(
      numberOption('--max-runs', 1, 'runs that may be open at once (default: 64)').env('STARLING_MAX_RUNS'),
    )
    .action(server);
  addDoorOptions(command);
}

async function server(options: ServerOptions, command: Command): Promise<void> {
  const logger = createLogger('info');
  const operatorToken = readOperatorToken(options);
  const doors = readDoors(options, command, logger);
  const { state, maxRuns } = options;
  const { createRunServer, limitNames } = await import('@starling/coordinator');
  checkLimits(options.limit, limitNames);
  const { withUsageErrors } = await import('../run/other-run.js');
  await withInterrupt(async (signal) => {
    const serving = await withUsageErrors(() =>
      createRunServer({ ...doors, state, operatorToken, logger, ...(maxRuns !== undefined && { maxRuns }) }),
    );
    printLine(`listening at ${serving.url}`);
    if (!signal.aborted) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    }
    await serving.close();
    if (signal.reason instanceof Error && signal.reason.name !== 'AbortError') throw signal.reason;
  });
}
