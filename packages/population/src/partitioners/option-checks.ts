// Checks of options that several partitioners have.
import { type Check, checkKind, checkNumber, kinds, MAX_COUNT } from '@starling/federated-core/plan';

/** Row counts: a list of whole numbers of at least 1, not empty. */
export const rowCounts: Check = (action, option, value) => {
  checkKind(action, option, value, {
    need: 'an array of at least one number',
    fits: (given) => Array.isArray(given) && given.length > 0,
  });
  for (const [index, size] of [...(value as readonly unknown[])].entries()) {
    checkNumber(action, `${option}[${index}]`, size, { whole: true, from: 1, to: MAX_COUNT });
  }
};

/** Within float32, so that sums of what is drawn with them are finite numbers. */
const concentration = { above: 0, float32: true } as const;

/** A Dirichlet distribution's parameter, above 0, or a list of such. */
export const concentrations: Check = (action, option, value) => {
  if (!Array.isArray(value)) return checkNumber(action, option, value, concentration);
  for (const [index, each] of value.entries())
    checkNumber(action, `${option}[${index}]`, each, concentration);
};

/** A matrix: a list of lists of finite numbers of at least 0; within float32, so that their sums are finite. */
export const nonNegativeRows: Check = (action, option, value) => {
  kinds.list(action, option, value);
  for (const [row, numbers] of [...(value as readonly unknown[])].entries()) {
    kinds.list(action, `${option}[${row}]`, numbers);
    for (const [column, number] of [...(numbers as readonly unknown[])].entries()) {
      checkNumber(action, `${option}[${row}][${column}]`, number, { from: 0, float32: true });
    }
  }
};

/** What papers and other libraries call the parameter of a Dirichlet distribution. */
export const DIRICHLET_ELSEWHERE = {
  alpha: 'It is called concentration here',
  beta: 'It is called concentration here',
} as const;
