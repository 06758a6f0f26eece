/** Asks each row of the table as each role, and tells what is otherwise than it says. */
import { type Role, roles } from './roles.ts'
import type { Row } from './table.ts'
import type { Entry, Room, World } from './world.ts'

/** `method path` as the application has it, with what a row asks there. */
export type Cell = { row: string; role: Role; wanted: string; got: string }

/**
 * Asks a row as everybody.
 * @param room of the rows that have one
 * @param entry whom the server lets in while it is asked
 * @returns a cell for each role that the world has
 */
export async function askRow(
  world: World,
  row: Row,
  room: 'closed' | 'open',
  entry: Entry = 'open',
): Promise<Cell[]> {
  const cells: Cell[] = []
  for (const [i, role] of roles.entries()) {
    if (!world.has(role)) continue
    const wanted = row.cells[i] ?? '?'
    const place = world[room]
    const [method = '', path = ''] = row.name.split(' ')
    const body = row.body?.(world, place, role)
    const address = filled(path, row, world, place)
    const { status } = await world.under(entry, () => world.as(role, method, address, body))
    const got = status < 400 ? '+' : String(status)
    cells.push({ row: row.name, role, wanted, got })
    if (method === 'GET' || status >= 400) continue
    // What was done would be in the way of the next.
    if (row.changes === 'session') await world.renewSession(role)
    if (row.changes === 'session' || row.changes === 'guest') await world.renewGuests()
    else if (row.changes === 'room') await world.renewRoom(room)
  }
  return cells
}

/** A row's path with what is there in a room; `row.id` and the like stand for its parts. */
export function filled(path: string, row: Row, world: World, room: Room): string {
  const values: Record<string, string> = {
    room: room.slug,
    n: String(room.n),
    emoji: encodeURIComponent('👍'),
    person: row.name.includes('/bans/') && row.isKept ? room.kept : room.target,
    token: path.startsWith('/join') ? room.token : 'no-such-token',
    name: 'file.txt',
    id: row.id?.(world, room) ?? '0',
  }
  return path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? '')
}

/** The cells that are not as wanted, a line each. */
export const differences = (cells: Cell[]): string[] =>
  cells
    .filter(({ wanted, got }) => wanted !== got)
    .map(({ row, role, wanted, got }) => `${row} as ${role}: ${got} in place of ${wanted}`)
