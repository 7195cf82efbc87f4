// `npm run map`: prints the map of rooms into ARCHITECTURE.md, between its two marker comments.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText, rooms, root } from '../support/repository.js';
import { roomMap, withMap } from './room-map.js';

writeFileSync(join(root, 'ARCHITECTURE.md'), withMap(readText('ARCHITECTURE.md'), roomMap(rooms())));
