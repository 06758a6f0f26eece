/** Members and owners, and what stands in the database of them. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { makeOwnerLink } from '../../handlers/chat/entry-links.ts'
import { connection, type PgEnv } from '../database.ts'
import type { Instance } from './app.ts'
import { ask, cookieOf, jsonOf, type PersonJson, type Someone } from './ask.ts'

export const PASSWORD = 'a few plain words'

/** A name that nobody has. */
export const newName = (): string => `Member ${randomBytes(4).toString('hex')}`

/** Somebody as an answer that lets them in tells of them. */
export async function someoneIn(response: Response): Promise<Someone> {
  if (response.status !== 201) throw new Error(`Not let in: ${await response.text()}`)
  const { id, name } = await jsonOf<PersonJson>(response.clone())
  return { id, name, cookie: cookieOf(response) }
}

/** A member with a password. */
export const member = async ({ app }: Instance, name = newName()): Promise<Someone> =>
  someoneIn(await ask(app, '/accounts', { json: { name, password: PASSWORD } }))

/** An owner, the first one where there is none. */
export async function owner(instance: Instance, name = newName()): Promise<Someone> {
  const { token } = await makeOwnerLink(instance.sql)
  const json = { name, password: PASSWORD }
  return someoneIn(await ask(instance.app, `/enter/${token}`, { json }))
}

/** Signs in on another device. */
export const signIn = async ({ app }: Instance, name: string, agent?: string): Promise<Someone> =>
  someoneIn(
    await ask(app, '/sessions', {
      json: { name, password: PASSWORD },
      ...(agent ? { headers: { 'user-agent': agent } } : {}),
    }),
  )

/** Who a cookie or a token is. */
export const whoIs = ({ app }: Instance, headers: Record<string, string>): Promise<PersonJson> =>
  jsonOf<PersonJson>(ask(app, '/me', { headers }))

/** The rows of a statement, on a connection of its own. */
export async function rowsOf(env: PgEnv, text: string, values: unknown[] = []): Promise<object[]> {
  const client = new pg.Client(connection(env))
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

/** What the audit log says of somebody, oldest first: who did what. */
export const auditOf = (env: PgEnv, { id }: { id: string }): Promise<object[]> =>
  rowsOf(env, 'select by_id::text as by, action from audit where about_id = $1 order by id', [id])
