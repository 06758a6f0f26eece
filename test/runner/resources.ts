/** What the layers of a run share: opened when a layer first needs it, closed at the end. */
import { randomBytes } from 'node:crypto'
import { chromium, type Layer } from '../layers.ts'
import type { Server } from './postgres.ts'
import type { Replicas } from './replicas.ts'
import type { Natter } from './server.ts'

/** Variables to set for a layer's process; undefined takes one away. */
export type LayerEnv = Record<string, string | undefined>

export type Resources = {
  /** Opens what a layer needs and says how its tests find it; rejects when it does not come up. */
  env(layer: Layer): Promise<LayerEnv>
  /** What the server that was started here has printed last; empty when there is none. */
  said(): string
  /** Stops and removes all that was opened. Gives the errors of what cannot be. */
  close(): Promise<unknown[]>
}

// Imported when needed: rules and checks run without any of what these bring along.
const postgresModule = () => import('./postgres.ts')
const replicasModule = () => import('./replicas.ts')
const serverModule = () => import('./server.ts')

/** The resources of one run, none of them open yet. */
export function resources(): Resources {
  const run = randomBytes(4).toString('hex')
  let postgres: Promise<Server> | undefined
  let natter: Promise<Natter> | undefined
  let replicas: Promise<Replicas> | undefined
  let said = () => ''

  const openDatabase = () => {
    postgres ??= postgresModule().then(({ openPostgres }) => openPostgres(run))
    return postgres
  }
  const startServer = async () => {
    const { env } = await openDatabase()
    return (await serverModule()).startNatter(env)
  }
  const openNatter = async () => {
    natter ??= startServer()
    const server = await natter
    said = server.said
    return { BASE_URL: server.baseUrl, OWNER_LINK_COMMAND: server.ownerLinkCommand }
  }
  const needs: Record<Layer['needs'][number], () => Promise<LayerEnv>> = {
    async database() {
      const { env } = await openDatabase()
      return { ...env, TEST_RUN: run, DATABASE_URL: undefined }
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
    async server() {
      const given = process.env.BASE_URL
      if (!given) return openNatter()
      await (await serverModule()).untilReady(given)
      return { BASE_URL: given }
    },
  }

  return {
    async env(layer) {
      const parts = []
      for (const need of layer.needs) parts.push(await needs[need]())
      return Object.assign({}, ...parts)
    },
    said: () => said(),
    async close() {
      const errors: unknown[] = []
      for (const opened of [replicas, natter, postgres]) {
        // What did not start has nothing to stop, and was reported where it was needed.
        const resource = await opened?.catch(() => undefined)
        await resource?.stop().catch((error: unknown) => errors.push(error))
      }
      return errors
    },
  }
}
