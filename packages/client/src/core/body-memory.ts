// The memory of what coordinators send, one for the process: what one client has no use for any more, another has.
import { freeBuffers } from '@starling/compute/memory';
import { createBodyMemory } from '@starling/wire';

export const bodyMemory = createBodyMemory({ free: freeBuffers });
