// Entry of the `starling` command: runs the program on the process's arguments and turns errors into exit codes.

import { createProgram } from './commands/program.js';
import { exitCodeOf } from './errors/exit-codes.js';
import { explain } from './errors/explain.js';
import { watchOutput } from './output/broken-output.js';
import { visible } from './output/visible.js';
import { endUnfinished, endUnsettled } from './run/unfinished.js';

/** tf.js alone fills the ten frames that V8 keeps: an error would not show the user's line. */
Error.stackTraceLimit = 100;

watchOutput();
process.on('uncaughtException', (error) => {
  // A run listens itself, and so may a script.
  if (process.listenerCount('uncaughtException') === 1) void fail(error).then(() => process.exit());
});

process.on('exit', endUnfinished);

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  await fail(error);
}
process.off('exit', endUnfinished);
process.off('exit', endUnsettled);

async function fail(error: unknown): Promise<void> {
  process.exitCode = exitCodeOf(error);
  const text = await explain(error);
  if (text !== null) process.stderr.write(`${visible(text)}\n`);
}
