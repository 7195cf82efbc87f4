// Types without placements: what programs and plans see.
import type { Type } from './types.js';
import { mapFields } from './unify.js';

/** The member of a federated type; of a struct, field by field. */
export function memberType(type: Type): Type {
  if (type.kind === 'federated') return type.member;
  return type.kind === 'struct' ? mapFields(type, memberType) : type;
}
