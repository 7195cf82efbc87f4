// The checks of options that the readers share, and the words of what was thrown.
export {
  checkChoice,
  checkNumber,
  checkOptions,
  didYouMean,
  kinds,
  optionError,
  refuseMethods,
  thrownWords,
} from '@starling/federated-core/plan';

/** Names in a line of an error: at most eight, and how many more there are. */
export function formatList(names: readonly unknown[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown === '' ? 'none' : shown;
}
