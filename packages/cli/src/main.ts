// Entry of the `starling` command: runs the program on the process's arguments.

import { reportFailure, runCommand } from './commands/run-command.js';
import { watchOutput } from './output/broken-output.js';
import { endUnfinished, endUnsettled } from './run/unfinished.js';

/** tf.js alone fills the ten frames that V8 keeps: an error would not show the user's line. */
Error.stackTraceLimit = 100;

watchOutput();
process.on('uncaughtException', (error) => {
  // A run listens itself, and so may a script.
  if (process.listenerCount('uncaughtException') === 1) void reportFailure(error).then(() => process.exit());
});

process.on('exit', endUnfinished);

await runCommand(process.argv.slice(2));
process.off('exit', endUnfinished);
process.off('exit', endUnsettled);
