// The program: every command, and how it words a mistake on the command line. Commands import what they run (engines,
// sockets) when they run it, so that help and mistakes are answered at once.
import { readFileSync } from 'node:fs';
import { Command, type CommanderError } from 'commander';
import { oneOf, UsageError } from '../errors/usage-error.js';
import { reserveStdout } from '../output/print.js';
import { addAnalyzeCommand } from './analyze.js';
import { addCheckCommand } from './check.js';
import { addClientCommand } from './client.js';
import { addCoordinatorCommand } from './coordinator.js';
import { addDataCommand } from './data.js';
import { addDebugCommand } from './debug.js';
import { addDoctorCommand } from './doctor.js';
import { addExportCommand } from './export.js';
import { addInspectCommand } from './inspect.js';
import { addNewCommand } from './new.js';
import { example } from './options.js';
import { addPipelineCommand } from './pipeline.js';
import { addRunCommand } from './run.js';
import { addRunsCommand } from './runs.js';
import { addServerCommand } from './server.js';
import { addSimulateCommand } from './simulate.js';
import { addTokensCommand } from './tokens.js';
import { addTourCommand } from './tour.js';

export function createProgram(): Command {
  const program = new Command('starling')
    .description('Federated computation in TypeScript: write it once, run it anywhere, to the same bits.')
    .version(packageVersion(), '--version')
    .addHelpText('after', example('starling simulate mnist --rounds 20'))
    .showHelpAfterError(false)
    .hook('preAction', (_, command) => {
      if (command.opts()['json'] === true) reserveStdout();
    });
  addNewCommand(program);
  addSimulateCommand(program);
  addRunCommand(program);
  addCheckCommand(program);
  addTourCommand(program);
  addCoordinatorCommand(program);
  addServerCommand(program);
  addClientCommand(program);
  addInspectCommand(program);
  addDebugCommand(program);
  addDataCommand(program);
  addAnalyzeCommand(program);
  addPipelineCommand(program);
  addRunsCommand(program);
  addExportCommand(program);
  addTokensCommand(program);
  addDoctorCommand(program);
  for (const command of allCommands(program)) {
    command.configureOutput({ outputError: () => {} }).exitOverride((error) => fail(command, error));
  }
  return program;
}

/** A command and all below it. */
function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/** Commander's mistakes in this repository's words: action, need, actual. */
function fail(command: Command, error: CommanderError): never {
  const action = `Cannot run '${fullName(command)}'`;
  const got = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const near =
    /\(Did you mean .*\)/
      .exec(error.message)?.[0]
      .replace(/^\((.*)\)$/, '; $1')
      .toLowerCase() ?? '';
  switch (error.code) {
    case 'commander.unknownOption': {
      const options = command.options.map(({ long }) => long ?? '');
      throw new UsageError(
        `${action}: options must be among ${oneOf([...options, '--help'])}, got '${got}'${near}`,
      );
    }
    case 'commander.unknownCommand': {
      const names = command.commands.map((candidate) => candidate.name());
      throw new UsageError(`${action}: need ${oneOf(names)}, got '${got}'${near}`);
    }
    case 'commander.help': {
      if (error.exitCode === 0) throw error; // it was asked for
      const names = command.commands.map((candidate) => candidate.name());
      throw new UsageError(`${action}: need ${oneOf(names)}, got nothing`);
    }
    case 'commander.missingArgument':
      throw new UsageError(`${action}: need <${got}>, got nothing`);
    case 'commander.excessArguments':
      throw new UsageError(`${action}: ${error.message.replace(/^error: /, '')}`);
    case 'commander.missingMandatoryOptionValue': {
      const missing = command.options.find(({ flags }) => flags === got);
      throw new UsageError(`${action}: need ${missing?.flags ?? got}, got nothing`);
    }
    case 'commander.invalidArgument': {
      // The parser's own words, which name the option, come after commander's.
      const [, said = error.message] = error.message.split(' is invalid. ');
      const [, choices] = /^Allowed choices are (.*)\.$/.exec(said) ?? [];
      const [, value] = /argument '(.*?)' is invalid/.exec(error.message) ?? [];
      const words =
        choices === undefined
          ? said
          : `${action}: option '${got}' must be ${oneOf(choices.split(', '))}, got '${value}'`;
      const variable = / from env '(.*)' is invalid\. /.exec(error.message)?.[1];
      throw new UsageError(variable === undefined ? words : `${words}, from the environment's ${variable}`);
    }
    case 'commander.optionMissingArgument':
      throw new UsageError(`${action}: option ${got} needs a value, got nothing`);
    default:
      if (error.exitCode !== 0) throw new UsageError(`${action}: ${error.message.replace(/^error: /, '')}`);
      throw error;
  }
}

/** `starling data inspect`. */
function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { readonly version: string }).version;
}
