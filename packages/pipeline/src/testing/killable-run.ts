// A process that runs the small pipeline and ends itself at a step, as a crash would: `node killable-run.js step`. It
// runs in the folder that it is started in, and prints the steps that it came to and its fingerprint as JSON.
import { inProcessRuntime } from '@starling/runtime';
import { runPipeline } from '../runner/run-pipeline.js';
import { smallPipeline } from './small-pipeline.js';

const [last = '0'] = process.argv.slice(2);
let steps = 0;
const result = await runPipeline({
  pipeline: await smallPipeline({ serving: 'serving', rounds: 12 }).build({}),
  directory: '.',
  runtime: () => inProcessRuntime(),
  clock: () => 0,
  onStep: () => {
    steps++;
    if (steps === Number(last)) process.kill(process.pid, 'SIGKILL');
  },
});
const failures = result.nodes.flatMap(({ error }) => (error === null ? [] : [String(error)]));
process.stdout.write(
  `${JSON.stringify({ steps, outcome: result.outcome, fingerprint: result.fingerprint, failures })}\n`,
);
