/** What a suite begins with: instances on a database of its own, people and rooms. */
import type { Hono } from 'hono'
import pg from 'pg'
import { connection, migratedDatabase, type TestDatabase } from '../database.ts'
import type { suite } from '../suite.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, cookieOf, jsonOf, type PersonJson, type Someone } from './ask.ts'

/**
 * Starts instances on a database of their own before a suite, and stops them after it.
 * @param names what the suite calls them
 * @param settings of the environment, beside the database's
 * @returns the database and the instances: empty until the suite begins
 */
export function startInstances<Name extends string>(
  test: Pick<ReturnType<typeof suite>, 'before' | 'after'>,
  names: readonly Name[],
  settings: Record<string, string> = {},
): { database: TestDatabase } & Record<Name, Instance> {
  const database = {} as TestDatabase
  const instances = names.map((name) => [name, {} as Instance] as const)
  test.before(async () => {
    Object.assign(database, await migratedDatabase())
    const start = () => startInstance({ ...database.env, ...settings })
    await Promise.all(instances.map(async ([, one]) => Object.assign(one, await start())))
  })
  test.after(async () => {
    await Promise.all(instances.map(([, one]) => one.stop()))
    await database.drop()
  })
  return { database, ...(Object.fromEntries(instances) as Record<Name, Instance>) }
}

/** Makes an account. */
export async function member(app: Hono, name: string): Promise<Someone> {
  const opened = await ask(app, '/accounts', { json: { name, password: 'a few plain words' } })
  if (opened.status !== 201) throw new Error(`No account: ${await opened.text()}`)
  const { id } = await jsonOf<PersonJson>(opened.clone())
  return { id, name, cookie: cookieOf(opened) }
}

/** Runs a statement beside the server, as its operator could. */
export async function run<Row extends object>(
  { env }: TestDatabase,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(connection(env))
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

/** Makes an account that owns the server. */
export async function serverOwner(
  app: Hono,
  database: TestDatabase,
  name: string,
): Promise<Someone> {
  const owner = await member(app, name)
  await run(database, "update people set kind = 'owner' where id = $1", [Number(owner.id)])
  return owner
}

/** Makes a link to a room. @returns its path */
export async function linkTo(
  app: Hono,
  by: Someone,
  room: string,
  draft: object = {},
): Promise<string> {
  const made = await ask(app, `/r/${room}/links`, { by, json: draft })
  if (made.status !== 201) throw new Error(`No link: ${await made.text()}`)
  return new URL((await jsonOf<{ url: string }>(made)).url).pathname
}

/** Comes into a room by a link. */
export const come = (app: Hono, by: Someone, link: string): Promise<Response> =>
  ask(app, link, { by, json: {} })
