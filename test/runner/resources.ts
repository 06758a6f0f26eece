/** What the files of a run need: opened when a file first needs it, closed at the end. */
import { randomBytes } from 'node:crypto'
import type { PgEnv } from '../database.ts'
import { chromium, type Layer, type Need } from '../layers.ts'
import type { Server } from './postgres.ts'
import type { Replicas } from './replicas.ts'
import type { Natter } from './server.ts'

/** Variables to set for a worker; undefined takes one away. */
export type WorkerEnv = Record<string, string | undefined>

export type Resources = {
  /**
   * Opens what a layer needs and says how its tests find it, with all that this worker has been
   * given before. Rejects when it does not come up.
   * @param place the worker's number: each has a Natter of its own
   */
  env(layer: Layer, place: number): Promise<WorkerEnv>
  /** What a worker's Natter has printed last; empty where it has none. */
  said(place: number): string
  /** Stops and removes all that was opened. Gives the errors of what cannot be. */
  close(): Promise<unknown[]>
}

/**
 * A password is hashed in a millisecond in place of a quarter of a second; the tests of passwords
 * hash at the real cost.
 */
const cheapPasswords = { PASSWORD_COST: '4' }

// Imported when needed: rules and checks run without any of what these bring along.
const databaseModule = () => import('../database.ts')
const postgresModule = () => import('./postgres.ts')
const replicasModule = () => import('./replicas.ts')
const serverModule = () => import('./server.ts')

/**
 * The resources of one run, none of them open yet.
 * @param isMeasured for benchmarks: PostgreSQL and passwords are as safe, and as slow, as they are
 *   for people
 */
export function resources(isMeasured = false): Resources {
  const cheap = isMeasured ? {} : cheapPasswords
  const run = randomBytes(4).toString('hex')
  // The word in the names of this run's databases, here as in the workers.
  process.env.TEST_RUN = run
  const natters = new Map<number, Promise<Natter>>()
  const running = new Map<number, Natter>()
  const given = new Map<number, WorkerEnv>()
  let postgres: Promise<Server> | undefined
  let replicas: Promise<Replicas> | undefined

  const openDatabase = () => {
    postgres ??= postgresModule().then(({ openPostgres }) => openPostgres(run, isMeasured))
    return postgres
  }
  const copyOf = async (env: PgEnv) => (await databaseModule()).migratedDatabase(env)
  const startServer = async (place: number) => {
    const { env } = await openDatabase()
    const { startNatter } = await serverModule()
    const natter = await startNatter(await copyOf(env), cheap)
    running.set(place, natter)
    return natter
  }
  const openNatter = async (place: number) => {
    const started = natters.get(place) ?? startServer(place)
    natters.set(place, started)
    const { baseUrl, ownerLinkCommand } = await started
    return { BASE_URL: baseUrl, OWNER_LINK_COMMAND: ownerLinkCommand }
  }
  const needs: Record<Need, (place: number) => Promise<WorkerEnv>> = {
    async database() {
      const { env } = await openDatabase()
      return { ...env, ...cheap, TEST_RUN: run, DATABASE_URL: undefined }
    },
    async chromium() {
      return { CHROMIUM: chromium() }
    },
    async embedded() {
      return {}
    },
    async replicas() {
      replicas ??= replicasModule().then(({ startReplicas }) => startReplicas())
      return (await replicas).env
    },
    async server(place) {
      const given = process.env.BASE_URL
      if (!given) return openNatter(place)
      await (await serverModule()).untilReady(given)
      return { BASE_URL: given }
    },
  }

  return {
    async env(layer, place) {
      const parts: WorkerEnv[] = []
      for (const need of layer.needs) parts.push(await needs[need](place))
      // `npm start` decides by what it finds in the environment.
      if (layer.needs.includes('embedded')) return {}
      // A worker keeps what it was given: it then goes on to the next file, whatever layer that is of.
      const all = Object.assign({}, given.get(place), ...parts)
      given.set(place, all)
      return all
    },
    said: (place) => running.get(place)?.said() ?? '',
    async close() {
      const errors: unknown[] = []
      const all = [replicas, ...natters.values()]
      for (const opened of [...all, postgres]) {
        // What did not start has nothing to stop, and was reported where it was needed.
        const resource = await opened?.catch(() => undefined)
        await resource?.stop().catch((error: unknown) => errors.push(error))
      }
      return errors
    },
  }
}
