/** The server that is measured. */
import { networkInterfaces } from 'node:os'
import pg from 'pg'
import type { PgEnv } from '../../database.ts'
import { hasServer } from '../../layers.ts'
import { resources } from '../../runner/resources.ts'
import { containers, docker, projectAt } from './compose.ts'
import { containerParts, type Part, processParts } from './parts.ts'

export type Target = {
  baseUrl: string
  /** For a person: what kind of server it is. */
  what: string
  /** Its parts on this machine; none where it runs on another. */
  parts: Part[]
  /** Connections that clients have to its database; undefined where nobody can be asked. */
  databaseConnections(): Promise<number | undefined>
  /** Stops it, if it was started here. */
  close(): Promise<void>
}

/** The server at `BASE_URL`; where that is not set, one started as `npm test` starts its own. */
export async function openTarget(): Promise<Target> {
  const given = process.env.BASE_URL?.replace(/\/+$/, '')
  return given ? reach(given) : start()
}

async function reach(baseUrl: string): Promise<Target> {
  await resources(true).env({ name: 'bench', shows: '', needs: ['server'] }, 0)
  const close = async () => {}
  const { hostname, port, protocol } = new URL(baseUrl)
  const at = Number(port || (protocol === 'https:' ? 443 : 80))
  const project = process.env.COMPOSE_PROJECT_NAME ?? (await localProject(hostname, at))
  if (project) return { baseUrl, close, ...(await composed(project)) }
  const parts = isLocal(hostname) ? await processParts(at) : []
  const databaseConnections = async () => (hasServer() ? connectionsTo() : undefined)
  return { baseUrl, close, what: 'one process', parts, databaseConnections }
}

/** @returns what a compose project is as a target */
async function composed(project: string) {
  const running = await containers(project)
  const backends = running.filter(({ service }) => service === 'backend').length
  const database = running.find(({ service }) => service === 'db')
  return {
    what: `compose stack, ${backends} × backend`,
    parts: await containerParts(project),
    databaseConnections: async () => database && connectionsIn(database.id),
  }
}

async function start(): Promise<Target> {
  const shared = resources(true)
  const prefix = `natter_test_${process.env.TEST_RUN}_`
  try {
    const needs = ['database', 'server'] as const
    const env = await shared.env({ name: 'bench', shows: '', needs }, 0)
    const baseUrl = env.BASE_URL ?? ''
    return {
      baseUrl,
      what: 'one process, as npm start',
      parts: await processParts(Number(new URL(baseUrl).port)),
      databaseConnections: () => connectionsTo(env as PgEnv, prefix),
      close: async () => void (await shared.close()),
    }
  } catch (error) {
    await shared.close()
    throw error
  }
}

const localProject = async (hostname: string, port: number) =>
  isLocal(hostname) ? projectAt(port) : undefined

function isLocal(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')) return true
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return own.some(({ address }) => address === hostname)
}

/**
 * @param env the server to ask; the environment's if not given
 * @param prefix of the names of the databases that count; the one that is asked if not given
 */
async function connectionsTo(env?: PgEnv, prefix?: string): Promise<number> {
  const { connection } = await import('../../database.ts')
  const url = process.env.DATABASE_URL
  const client = new pg.Client(env ? connection(env) : url ? { connectionString: url } : {})
  await client.connect()
  try {
    const { rows } = await client.query<{ connections: number }>(
      `select count(*)::int as connections from pg_stat_activity
       where starts_with(datname, coalesce($1, current_database())) and pid <> pg_backend_pid()`,
      [prefix],
    )
    return rows[0]?.connections ?? 0
  } finally {
    await client.end()
  }
}

async function connectionsIn(container: string): Promise<number> {
  const query = `select count(*) from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid()`
  return Number(await docker('exec', container, 'psql', '-U', 'postgres', '-Atc', query))
}
