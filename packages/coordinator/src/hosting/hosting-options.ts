// What a submission asks of the server that hosts its run: how it waits for clients, and what it takes of them.
import * as z from 'zod';

const wait = z
  .number()
  .gt(0)
  .max(2 ** 31 - 1);
const fromZero = z.int().min(0);

/** The same names and defaults as the options of `runCoordinator`. */
export const hostingSchema = z.strictObject({
  minClients: z.int().min(1).exactOptional(),
  deadlineMs: wait.exactOptional(),
  extendBelow: fromZero.exactOptional(),
  maxExtensions: fromZero.exactOptional(),
  reserveMs: wait.exactOptional(),
  maxUpdateNorm: z.number().gt(0).exactOptional(),
  maxWeight: z.number().gt(0).exactOptional(),
});

export type Hosting = z.output<typeof hostingSchema>;
