// `starling tour`, what `npm start` runs: the two ends of Starling in about a minute.
import { join } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../errors/usage-error.js';
import type { TourOptions } from '../run/tour.js';
import { example, numberOption, seedOption, settingOption, textOption, wholeNumber } from './options.js';

const MOTES = 4;

type Given = Omit<TourOptions, 'clients'> & { readonly set: Readonly<Record<string, string>> };

export function addTourCommand(program: Command): void {
  program
    .command('tour')
    .description('the main job in about a minute: sensors over WebSockets, then MNIST on threads')
    .addHelpText('after', example('starling tour --set clients=40'))
    .addOption(numberOption('--rounds', 1, 'rounds of MNIST').default(150))
    .addOption(seedOption())
    .addOption(textOption('--out', 'dir', 'where the reports go').default(join('runs', 'tour')))
    .addOption(settingOption())
    .action(async ({ set, ...options }: Given) => {
      const clients = clientsOf(set);
      const { requireFolder } = await import('../run/output-folder.js');
      requireFolder(options.out);
      const { tour } = await import('../run/tour.js');
      await tour({ ...options, clients });
    });
}

/** The one setting of the tour: how many sensor clients; throws a `UsageError` on any other. */
function clientsOf(settings: Readonly<Record<string, string>>): number {
  const { clients, ...others } = settings;
  const unknown = Object.keys(others);
  if (unknown.length > 0) {
    throw new UsageError(`Cannot set up the tour: its one setting is clients, got '${unknown.join("', '")}'`);
  }
  return clients === undefined ? MOTES : wholeNumber('--set clients', 1)(clients);
}
