// The kind of a partitioner, for doors that take one.
import { type Check, hasMethods, ofKind } from '@starling/federated-core/plan';

/** The check of a partitioner, for tables of options. */
export const partitionerKind: Check = ofKind({
  need: 'a partitioner, such as iidPartition({ clients: 100 })',
  fits: (value) => hasMethods(value, ['partition']),
});
