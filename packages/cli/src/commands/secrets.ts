// The secret that coordinator and clients share: from the environment or a file, since everyone on a machine can read
// the command line of its processes.
import { readFileSync } from 'node:fs';
import type { Command, Option } from 'commander';
import type { Logger } from 'pino';
import { UsageError } from '../errors/usage-error.js';
import { textOption } from './options.js';

/** `--token`; it takes an environment variable, too. */
export function tokenOption(about: string): Option {
  return textOption('--token', 'secret', `${about}; others here can read it, so prefer --token-file`);
}

export function tokenFileOption(): Option {
  return textOption('--token-file', 'file', 'has the token, in place of --token');
}

/**
 * The token of a command with both options. Throws a `UsageError` if both are given, or the file has none; warns of one
 * on the command line.
 */
export function readToken(
  { token, tokenFile }: { readonly token?: string; readonly tokenFile?: string },
  command: Command,
  logger: Pick<Logger, 'warn'>,
): string | undefined {
  if (token !== undefined && tokenFile !== undefined) {
    throw new UsageError(
      'Cannot read the token: need --token or --token-file (or their variables), got both',
    );
  }
  if (command.getOptionValueSource('token') === 'cli') {
    logger.warn(
      'a token on the command line can be read by everyone on this machine: use --token-file or STARLING_TOKEN',
    );
  }
  return tokenFile === undefined ? token : readSecret('--token-file', tokenFile);
}

/** The operator's secret: from a file or the environment, and never from the command line. */
export function operatorTokenFileOption(): Option {
  return textOption(
    '--operator-token-file',
    'file',
    "has the operator's token (default: STARLING_OPERATOR_TOKEN of the environment)",
  ).env('STARLING_OPERATOR_TOKEN_FILE');
}

/** Throws a `UsageError` if there is none, or two. */
export function readOperatorToken({
  operatorTokenFile: file,
}: {
  readonly operatorTokenFile?: string;
}): string {
  const token = process.env['STARLING_OPERATOR_TOKEN'];
  if (file !== undefined && token !== undefined) {
    throw new UsageError(
      'Cannot read the operator’s token: need --operator-token-file or STARLING_OPERATOR_TOKEN, got both',
    );
  }
  if (file !== undefined) return readSecret('--operator-token-file', file);
  if (token !== undefined && token.trim() !== '') return token.trim();
  throw new UsageError(
    'Cannot go on without the operator’s token: need --operator-token-file, or STARLING_OPERATOR_TOKEN in the environment, got neither',
  );
}

/** The text of a file, without the white space around it; throws a `UsageError` if there is none. */
function readSecret(option: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new UsageError(`Cannot read ${option}: need a readable file, got '${path}'`, { cause });
  }
  if (text !== '') return text;
  throw new UsageError(`Cannot read ${option}: need a file with a secret, got '${path}', which is empty`);
}
