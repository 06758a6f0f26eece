/** What those outside a closed room could learn of it, asked for in every way that the table has. */
import { filled } from './matrix.ts'
import type { Role } from './roles.ts'
import type { Row } from './table.ts'
import type { Answer, Room, Shown, World } from './world.ts'

const missing = 'no-such-room-at-all'
const outside: readonly Role[] = ['visitor', 'guest', 'outside', 'server owner', 'banned', 'ended']

const peopleOutside = (world: World, more: readonly Role[] = []): [who: string, shown: Shown][] => [
  ...[...outside, ...more]
    .filter((role) => world.has(role))
    .map((role): [string, Shown] => [role, world.shownBy(role)]),
  ['kept out of the room', world.closed.asKept],
]

/** All but what is of the one answer: when it was made, and how it came. */
const ofTheOne = ['date', 'connection', 'keep-alive', 'x-request-id']

const told = ({ status, text, headers }: Answer): string =>
  JSON.stringify([
    status,
    text,
    Object.entries(headers)
      .filter(([name]) => !ofTheOne.includes(name))
      .sort(),
  ])

/**
 * Where a closed room is answered otherwise than one that does not exist, with the body that the row
 * has and with none: status, headers and the whole text.
 * @param more who is outside as well
 */
export const toldApart = (world: World, rows: readonly Row[], more: readonly Role[] = []) =>
  toldApartIn(world, rows, world.closed, peopleOutside(world, more))

/** The same of an open room, for somebody whom it keeps out; and where its link is not none. */
export async function toldToKept(world: World, rows: readonly Row[]): Promise<string[]> {
  const { open } = world
  const found = await toldApartIn(world, rows, open, [['kept out of the room', open.asKept]])
  for (const room of [open, world.closed]) {
    for (const method of ['GET', 'POST']) {
      const [there, nowhere] = [
        await world.ask(room.asKept, method, `/join/${room.token}`, {}),
        await world.ask(room.asKept, method, `/join/${missing}`, {}),
      ]
      if (told(there) !== told(nowhere)) found.push(`${method} /join/:token: ${told(there)}`)
    }
  }
  return found
}

async function toldApartIn(
  world: World,
  rows: readonly Row[],
  room: Room,
  people: [who: string, shown: Shown][],
): Promise<string[]> {
  const found: string[] = []
  for (const row of rows) {
    const [method = '', path = ''] = row.name.split(' ')
    if (!path.startsWith('/r/')) continue
    const bodies = method === 'GET' ? [undefined] : [row.body?.(world, room, 'guest'), {}]
    const asked = people.flatMap((person) => bodies.map((body) => [...person, body] as const))
    await all(asked, async ([who, shown, body]) => {
      const [there, nowhere] = await bothOf(world, row, room, (address) =>
        world.ask(shown, method, address, body),
      )
      if (told(there) !== told(nowhere)) found.push(`${row.name}, ${who}: ${told(there)}`)
    })
  }
  return found
}

/** Asks at the same time what changes nothing. */
const all = <T>(of: readonly T[], asking: (one: T) => Promise<void>) => Promise.all(of.map(asking))

/** The same of pages: the address aside, they are the same to the letter. */
export async function pagesToldApart(world: World, rows: readonly Row[]): Promise<string[]> {
  const found: string[] = []
  for (const row of rows) {
    if (!row.name.startsWith('GET /r/')) continue
    await all(peopleOutside(world), async ([who, shown]) => {
      const [there, nowhere] = await bothOf(world, row, world.closed, (address) =>
        world.page(shown, address),
      )
      const { slug } = world.closed
      if (there.text.replaceAll(slug, missing) !== nowhere.text) found.push(`${row.name}, ${who}`)
    })
  }
  return found
}

async function bothOf(
  world: World,
  row: Row,
  room: Room,
  asking: (address: string) => Promise<Answer>,
): Promise<[there: Answer, nowhere: Answer]> {
  const path = row.name.slice(row.name.indexOf(' ') + 1)
  return Promise.all([
    asking(filled(path, row, world, room)),
    asking(filled(path, row, world, { ...room, slug: missing })),
  ])
}

/** Addresses that take a room otherwise than by their path. */
const besides = (slug: string): string[] => [
  `/me/events?open=${slug}`,
  `/me/events?open=${slug}&after=0`,
]

/**
 * Every address that can be looked at, as a page and in JSON, where somebody outside finds the name,
 * topic or text of the closed room, or its address where they did not ask by it. An invitation says
 * by itself where it leads. The room is made anew: lists show the latest, and have to show it if any.
 */
export async function secretsTold(world: World, rows: readonly Row[]): Promise<string[]> {
  await world.renewRoom('closed')
  const found: string[] = []
  const { slug, secrets } = world.closed
  const addresses = rows
    .filter(({ name }) => name.startsWith('GET /') && !name.startsWith('GET /join'))
    .map((row) => filled(row.name.slice('GET '.length), row, world, world.closed))
  for (const address of [...addresses, ...besides(slug)]) {
    const secret = address.includes(slug) ? secrets : [...secrets, slug]
    await all(peopleOutside(world), async ([who, shown]) => {
      const answers = [world.page(shown, address), world.ask(shown, 'GET', address)]
      const texts = (await Promise.all(answers)).map(({ text }) => text)
      if (secret.some((words) => texts.some((text) => text.includes(words))))
        found.push(`${address}, ${who}`)
    })
  }
  return found
}

/** Whether what is looked for is there at all, for one who is in the room. */
export async function isToldInside(world: World): Promise<boolean> {
  const { text } = await world.page(world.shownBy('inside'), `/r/${world.closed.slug}`)
  return world.closed.secrets.every((words) => text.includes(words))
}
