/** Asks each row of the table as each role, and tells what is otherwise than it says. */
import { outside, type Role, roles } from './roles.ts'
import type { Row } from './table.ts'
import type { Entry, Room, World } from './world.ts'

/** `method path` as the application has it, with what a row asks there. */
export type Cell = { row: string; role: Role; wanted: string; got: string }

/**
 * Asks a row as each of the roles that the world has.
 * @param room of the rows that have one
 * @param entry whom the server lets in while it is asked
 * @returns a cell for each
 */
export async function askRow(
  world: World,
  row: Row,
  room: 'closed' | 'open',
  { entry = 'open', as = roles }: { entry?: Entry; as?: readonly Role[] } = {},
): Promise<Cell[]> {
  const cells: Cell[] = []
  for (const role of as) {
    if (!world.has(role)) continue
    await world.enter(entry)
    const { status } = await askAs(world, row, room, role)
    const got = status < 400 ? '+' : String(status)
    cells.push({ row: row.name, role, wanted: row.cells[roles.indexOf(role)] ?? '?', got })
    if (status < 400) await undo(world, row, room, role)
  }
  return cells
}

function askAs(world: World, row: Row, room: 'closed' | 'open', role: Role) {
  const place = world[room]
  const [method = '', path = ''] = row.name.split(' ')
  const body = row.body?.(world, place, role)
  return world.as(role, method, filled(path, row, world, place), body)
}

/** What was done would be in the way of the next. */
async function undo(world: World, { changes }: Row, room: 'closed' | 'open', role: Role) {
  const hasCome = changes === 'coming' && outside.includes(role)
  if (changes === 'person' || hasCome) await world.renewPerson(role)
  if (changes === 'room' || hasCome) await world.renewRoom(room)
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
