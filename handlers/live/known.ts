import type { Standing } from '../chat/access.ts'
import type { Asked, Entry } from '../chat/entry.ts'
import type { Person } from '../chat/people.ts'
import type { Room } from '../chat/rooms.ts'
import { limits } from '../limits.ts'
import type { ServerLog } from './server-log.ts'
import type { Follower, Heads } from './sweep.ts'

/** Who somebody is and which room they may see, as it was when the database was asked last. */
export type Acquaintance = {
  person: Person | null
  room: Room
  /** As what they stand in the room. */
  standing: Standing
  /** The stored key of the session. */
  session: Uint8Array | null
}

/**
 * What an instance remembers of people and of the rooms that they may see, so that who waits again
 * and again is looked up once. What is not for somebody is not remembered: they may be let in.
 *
 * It is believed only while the instance follows the server's log, which tells of all that would
 * make it wrong; otherwise the database is asked each time.
 */
export class Known {
  readonly #log: Pick<ServerLog, 'isTrusted' | 'moves'>
  readonly #rooms = new Map<number, Room>()
  #fresh = new Map<string, Acquaintance>()
  #older = new Map<string, Acquaintance>()

  constructor(log: Pick<ServerLog, 'isTrusted' | 'moves'>) {
    this.#log = log
  }

  /** Another number whenever somebody may be somebody else: asked before they are looked up. */
  get moves(): number {
    return this.#log.moves
  }

  /**
   * @param cookie a session's cookie as it came, which was found good when it was remembered.
   * @returns undefined where the database must be asked. The room's `lastSeq` is as old as the
   *   acquaintance: the hub knows better.
   */
  find(cookie: string, slug: string): Acquaintance | undefined {
    return this.findBy(keyOf(cookie, slug))
  }

  /** The same, by the key that was made of both. */
  findBy(key: string): Acquaintance | undefined {
    if (!this.#log.isTrusted()) return undefined
    const fresh = this.#fresh.get(key)
    if (fresh) return fresh
    const older = this.#older.get(key)
    if (older) this.#keep(key, older)
    return older
  }

  /**
   * Asks, and remembers the answer.
   * @param ask `enter` of chat/entry.ts.
   */
  async enter(cookie: string, asked: Asked, ask: (asked: Asked) => Promise<Entry>): Promise<Entry> {
    const isTrusted = this.#log.isTrusted()
    const { moves } = this.#log
    const entry = await ask(asked)
    // What the log told meanwhile may be about this very answer.
    const isCurrent = isTrusted && moves === this.#log.moves
    // A cookie that is none of ours is somebody's invention, and there is no end of those.
    const isOurs = cookie === '' || asked.session !== null
    if (isCurrent && isOurs) this.#remember(cookie, asked, entry)
    return entry
  }

  /** A person is not what they were. */
  forgetPerson(id: number): void {
    for (const people of [this.#fresh, this.#older]) {
      for (const [key, { person }] of people) if (person?.id === id) people.delete(key)
    }
  }

  /**
   * Looks at the same rooms as `hub`, and before it: what is remembered of one is wrong once its old
   * talk is gone, and the hub lets those ask again who stood in it.
   */
  beside(hub: Pick<Follower, 'believed'>): Follower {
    return {
      believed: () => hub.believed(),
      swept: (_heads, _believed, _askedAt, expired) => this.#expire(expired),
    }
  }

  /** What was remembered may be wrong. */
  forget(): void {
    this.#fresh = new Map()
    this.#older = new Map()
    this.#rooms.clear()
  }

  #remember(cookie: string, { session, slug }: Asked, { person, room, standing }: Entry): void {
    if (!room) return
    // Another database, or an older copy of it: nobody in it need be who they were.
    const before = this.#rooms.get(room.id)
    if (before && before.origin !== room.origin) this.forget()
    if (before && before.firstSeq < room.firstSeq) this.#forgetRooms([room.id])
    // Whoever is remembered in a room shares it, so that what is wrong about it is found there.
    if (this.#rooms.size >= limits.rememberedRooms) this.forget()
    const shared = this.#rooms.get(room.id) ?? room
    this.#rooms.set(room.id, shared)
    this.#keep(keyOf(cookie, slug), { person, room: shared, standing, session })
  }

  /** @param expired what has this number of a room or a lower one is not kept any more. */
  #expire(expired: Heads): void {
    const moved = [...expired].filter(([id, seq]) => seq > (this.#rooms.get(id)?.firstSeq ?? seq))
    this.#forgetRooms(moved.map(([id]) => id))
  }

  #forgetRooms(ids: readonly number[]): void {
    if (ids.length === 0) return
    const gone = new Set(ids)
    for (const id of gone) this.#rooms.delete(id)
    for (const people of [this.#fresh, this.#older]) {
      for (const [key, { room }] of people) if (gone.has(room.id)) people.delete(key)
    }
  }

  /** Two generations: who is not asked for while one fills is forgotten with the next. */
  #keep(key: string, acquaintance: Acquaintance): void {
    if (this.#fresh.size >= limits.knownPeople) {
      this.#older = this.#fresh
      this.#fresh = new Map()
    }
    this.#fresh.set(key, acquaintance)
  }
}

/** What somebody is remembered by in a room: their cookie as it came, and the room's slug. */
export const keyOf = (cookie: string, slug: string): string => `${cookie} ${slug}`
