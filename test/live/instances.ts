/** Instances of the live part, each with a hub and a real doorbell, as the Node entry makes them. */
import type { Sql } from '../../handlers/chat/sql.ts'
import type { Config } from '../../handlers/config.ts'
import type { Database } from '../../handlers/drivers/database.ts'
import type { Bell, Doorbell } from '../../handlers/live/doorbell.ts'
import { Hub } from '../../handlers/live/hub.ts'
import { ListenBell } from '../../handlers/live/listen.ts'
import { PollingBell } from '../../handlers/live/poll.ts'
import { until } from '../until.ts'
import { sweep } from './waits.ts'

export type BellKind = Config['doorbell']

export const bellKinds: readonly BellKind[] = ['listen', 'poll']

export type Instance = {
  hub: Hub
  bell: Doorbell
  /** Tells its own hub and the other instances, as a post does. */
  announce: (roomId: number, seq: number) => void
  /** Numbers that its bell rang for, and how often it was asked to look at everything. */
  rings: [roomId: number, seq: number][]
  looks: number
  states: string[]
  /** What its hub could not read, but for a database that is away. */
  errors: unknown[]
  stop(): Promise<void>
}

/** Starts an instance; there is no sweep but the bell's. @param sql what its hub reads by. */
export function openInstance(
  kind: BellKind,
  database: Database,
  sql: Sql = database.pool,
): Instance {
  const heard: Pick<Instance, 'rings' | 'looks' | 'states' | 'errors'> = {
    rings: [],
    looks: 0,
    states: [],
    errors: [],
  }
  const hub = new Hub(sql, (error) => heard.errors.push(error))
  const bell = openBell(kind, database, {
    onRing: (roomId, seq) => {
      heard.rings.push([roomId, seq])
      hub.advance(roomId, seq)
    },
    onMissed: () => {
      heard.looks++
      return sweep(sql, hub)
    },
    onState: (state) => heard.states.push(state),
  })
  return Object.assign(heard, {
    hub,
    bell,
    announce: (roomId: number, seq: number) => {
      hub.advance(roomId, seq)
      bell.ring(roomId, seq)
    },
    stop: async () => {
      await bell.stop()
      hub.stop()
    },
  })
}

/** Comes back when an instance has reached the database so many times. */
export const listening = (one: { states: string[] }, times = 1): Promise<void> =>
  until(() => one.states.filter((state) => state === 'listening').length >= times)

const openBell = (kind: BellKind, database: Database, bell: Bell): Doorbell =>
  kind === 'poll'
    ? new PollingBell(bell)
    : new ListenBell({ ...bell, client: () => database.client() })
