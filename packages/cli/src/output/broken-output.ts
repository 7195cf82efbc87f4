// What becomes of a command whose output cannot be written any more.
import { exitCodes } from '../errors/exit-codes.js';

/** The exit code and the words: none where the reader has left, as `head` does; `null` for any other error. */
export function brokenOutput(code: unknown): { readonly exitCode: number; readonly words: string } | null {
  if (code === 'EPIPE') return { exitCode: exitCodes.brokenPipe, words: '' };
  if (code !== 'ENOSPC') return null;
  return {
    exitCode: exitCodes.failure,
    words: 'Cannot write the output: need space on its disk, got none\n',
  };
}

/** Ends the process where stdout or stderr cannot be written. */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    const broken = brokenOutput(error.code);
    if (broken === null) throw error;
    if (broken.words !== '') process.stderr.write(broken.words);
    process.exit(broken.exitCode);
  });
  // There is nowhere left to say why.
  process.stderr.on('error', ({ code }: NodeJS.ErrnoException) => {
    process.exit(brokenOutput(code)?.exitCode ?? exitCodes.failure);
  });
}
