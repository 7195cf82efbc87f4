// Draws the map of rooms and arrows of ARCHITECTURE.md from the package.json files: the highest floor first, so that
// every arrow points down.
import type { Room } from '../support/repository.js';

/** What the map is drawn from. */
export type MappedRoom = Pick<Room, 'name' | 'floor' | 'dependencies'>;

const START = '<!-- map: printed by `npm run map` -->';
const END = '<!-- end of map -->';
const MAX_COLUMNS = 100;

/**
 * One line a room, indented as code: its floor, its name, and the rooms that it imports. A room that it reaches through
 * one of these is left out. Lines wrap at 100 columns.
 */
export function roomMap(rooms: readonly MappedRoom[]): string {
  const byName = new Map(rooms.map((room) => [room.name, room]));
  const arrowsOf = ({ dependencies }: MappedRoom): readonly MappedRoom[] =>
    [...dependencies].flatMap((name) => byName.get(name) ?? []);
  const reaches = (room: MappedRoom, name: string): boolean =>
    arrowsOf(room).some((target) => target.name === name || reaches(target, name));

  const width = Math.max(...rooms.map((room) => shortName(room).length));
  const sorted = rooms.toSorted((a, b) => b.floor - a.floor || (a.name < b.name ? -1 : 1));
  return sorted
    .flatMap((room, index) => {
      const floor = sorted[index - 1]?.floor === room.floor ? '' : String(room.floor);
      const arrows = arrowsOf(room);
      const drawn = arrows.filter(({ name }) => !arrows.some((target) => reaches(target, name)));
      const head = `    ${floor.padStart(2)}  ${shortName(room).padEnd(width)}`;
      if (drawn.length === 0) return [head.trimEnd()];
      const names = wrapped(drawn.map(shortName).sort(), MAX_COLUMNS - head.length - 5);
      return names.map((line, row) =>
        row === 0 ? `${head} ──► ${line}` : `${' '.repeat(head.length + 5)}${line}`,
      );
    })
    .join('\n');
}

/**
 * The document with `map` between its two marker comments.
 * @throws if the document does not have the markers, in their order.
 */
export function withMap(document: string, map: string): string {
  const [start, end] = [document.indexOf(START), document.indexOf(END)];
  if (start < 0 || end < start) {
    throw new Error(
      `Cannot print the map: need the lines '${START}' and '${END}', got them at ${start} and ${end}`,
    );
  }
  return `${document.slice(0, start)}${START}\n\n${map}\n\n${document.slice(end)}`;
}

function shortName({ name }: MappedRoom): string {
  return name.replace(/^@starling\//, '');
}

/** Names joined by commas, in lines of at most `columns`. */
function wrapped(names: readonly string[], columns: number): readonly string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && `${last}, ${name},`.length <= columns)
      lines[lines.length - 1] = `${last}, ${name}`;
    else {
      if (last !== undefined) lines[lines.length - 1] = `${last},`;
      lines.push(name);
    }
  }
  return lines;
}
