// `starling export <dir>`: what others read of a run that was kept: its model, or its record.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordLine } from '@starling/runtime/events';
import { Argument, type Command, Option } from 'commander';
import { UsageError } from '../errors/usage-error.js';
import { printLine } from '../output/print.js';
import { example, numberOption, settingOption, textOption } from './options.js';

/** Each with the name that it has in the directory of the run. */
const FORMATS: Readonly<Record<string, string>> = {
  safetensors: 'model.safetensors',
  onnx: 'model.onnx',
  tfjs: 'tfjs',
  tensorboard: '.',
};

interface ExportOptions {
  readonly format: string;
  readonly to?: string;
  readonly run?: string;
  readonly best: boolean;
  readonly batch: number;
  readonly set: Readonly<Record<string, string>>;
}

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write the model of a run that was kept, or its record, for other programs')
    .addHelpText('after', example('starling export runs/mnist --format onnx'))
    .argument('<dir>', 'the directory that keeps it')
    .addArgument(
      new Argument(
        '[federation]',
        'for onnx and tfjs: the file of the federation, or its name (default: as the run has it)',
      ),
    )
    .addOption(
      new Option('--format <name>', 'what to write').choices(Object.keys(FORMATS)).makeOptionMandatory(),
    )
    .addOption(textOption('--to', 'path', 'write there (default: in <dir>)'))
    .addOption(textOption('--run', 'name', 'which, of a directory of many'))
    .option('--best', 'the best state instead of the last one', false)
    .addOption(numberOption('--batch', 1, 'examples that an ONNX model takes at once').default(1))
    .addOption(settingOption())
    .action(exportRun);
}

async function exportRun(
  directory: string,
  federation: string | undefined,
  { format, to, run: wanted, best, batch, set }: ExportOptions,
): Promise<void> {
  const { runIn, storeIn } = await import('../kept/find-runs.js');
  const store = await storeIn(directory);
  const path = to ?? join(directory, FORMATS[format]!);
  try {
    const run = await runIn(store, wanted);
    if (format === 'tensorboard') {
      const { recordOfRun } = await import('@starling/runtime/record');
      printLine(await writeEvents(recordOfRun(await store.journal(run)), path));
      return;
    }
    const { keptWeights } = await import('../kept/kept-weights.js');
    const { modelFormats } = await import('../kept/export-formats.js');
    const kept = await keptWeights(store, run, best ? 'best' : 'last');
    const write = modelFormats[format as keyof typeof modelFormats];
    const given = { ...kept, federation: federation ?? null, settings: set, batchSize: batch, path };
    for (const each of await write(given).catch(asUsage)) printLine(each);
  } finally {
    await store.close();
  }
}

/** A model that does not fit the run is a mistake of the command line. */
function asUsage(cause: unknown): never {
  if (cause instanceof RangeError) throw new UsageError(cause.message.split('\n    at ')[0]!, { cause });
  throw cause;
}

/** The path of the file. */
async function writeEvents(lines: readonly RecordLine[], directory: string): Promise<string> {
  const { EVENT_FILE, tensorboardEvents } = await import('../kept/tensorboard.js');
  await mkdir(directory, { recursive: true });
  const file = join(directory, EVENT_FILE);
  await writeFile(file, tensorboardEvents(lines));
  return file;
}
