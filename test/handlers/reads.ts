/** How far people have read, as their programs tell it and are told. */
import type { TestDatabase } from '../database.ts'
import type { Instance } from './app.ts'
import { ask, jsonOf, type Someone } from './ask.ts'
import { run } from './scene.ts'

export type Listed = {
  type?: string
  room?: string
  slug?: string
  n?: number
  by?: string | null
  last: number
  read: number | null
  unread: number
  mentions: number
}

export type Told = { events: Listed[]; next: string }

/** Somebody has read a room: up to a number, or as far as it goes now. */
export async function read(
  instance: Instance,
  by: Someone,
  room: string,
  json: { n?: number; unread?: boolean } = {},
): Promise<void> {
  const n = json.n ?? (await listed(instance, by, room)).last
  await put(instance, by, room, { ...json, n })
}

/** Somebody wants nothing to be unread in a room. */
export const readAll = (instance: Instance, by: Someone, room: string): Promise<void> =>
  put(instance, by, room, {})

async function put({ app }: Instance, by: Someone, room: string, json: object): Promise<void> {
  const answer = await ask(app, `/r/${room}/read`, { by, method: 'PUT', json })
  if (answer.status !== 200) throw new Error(`Not read: ${await answer.text()}`)
}

/** A room as it stands in somebody's list. */
export async function listed({ app }: Instance, by: Someone, room: string): Promise<Listed> {
  const { rooms } = await jsonOf<{ rooms: Listed[] }>(ask(app, '/', { by }))
  const found = rooms.find(({ slug }) => slug === room)
  if (!found) throw new Error(`${room} is not in the list.`)
  return found
}

export const unreadIn = async (at: Instance, by: Someone, room: string): Promise<number> =>
  (await listed(at, by, room)).unread

/** Somebody's marker in a room, as it is stored. */
export const markers = async (
  database: TestDatabase,
  { id }: Someone,
  room: string,
): Promise<number[]> =>
  (
    await run<{ n: string }>(
      database,
      `select n from read_markers where person_id = $1
          and room_id = (select id from rooms where slug = $2)`,
      [Number(id), room],
    )
  ).map(({ n }) => Number(n))
