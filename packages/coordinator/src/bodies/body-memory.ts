// The memory of what clients send, one for the process: what one session has no use for any more, another has.
import { freeBuffers } from '@starling/compute/memory';
import { createBodyMemory } from '@starling/wire';

export const bodyMemory = createBodyMemory({ free: freeBuffers });
