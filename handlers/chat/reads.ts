import { limits } from '../limits.ts'
import type { Person } from './people.ts'
import type { Room } from './rooms.ts'
import type { Sql } from './sql.ts'

/** How far somebody has read a room, and when that was seen here, on the clock of `performance.now()`. */
type Noted = { personId: number; roomId: number; n: number; at: number }

/**
 * How far people have read. What is read is noted, for a post costs no statement more and a message that
 * is read none of its own: what an instance has noted of all people it writes together, every few
 * seconds. A marker only moves forward, unless somebody sets it back.
 */
export class Reads {
  readonly #sql: Sql
  readonly #onError: (error: unknown) => void
  readonly #onMoved: () => void
  readonly #lateMs: number
  readonly #timer: ReturnType<typeof setInterval>
  /** By person and room. */
  #noted = new Map<number, Map<number, Noted>>()
  #count = 0
  #writing: Promise<void> | undefined

  /**
   * @param onMoved is called when markers have moved.
   * @param onError is told of what could not be written; it is tried again.
   * @param lateMs what is read so soon after a marker was set back may have been read before.
   */
  constructor(
    sql: Sql,
    onMoved: () => void,
    onError: (error: unknown) => void,
    lateMs: number = limits.readsLateMs,
  ) {
    this.#lateMs = lateMs
    this.#sql = sql
    this.#onMoved = onMoved
    this.#onError = onError
    this.#timer = setInterval(() => void this.write(), limits.readsWrittenMs)
    this.#timer.unref()
  }

  /** Somebody has read a room up to a number, which may be past its end. */
  note(personId: number, roomId: number, n: number): void {
    this.#keep({ personId, roomId, n, at: performance.now() })
  }

  /** What is noted of somebody and not stored yet, by room. */
  notedOf(person: Person | null): ReadonlyMap<number, number> {
    const noted = person && this.#noted.get(person.id)
    if (!noted) return new Map()
    return new Map([...noted.values()].map(({ roomId, n }) => [roomId, n]))
  }

  /** Sets a marker as somebody wants it, forward or back. What they have read before does not move it on. */
  async turn({ id }: Person, room: Room, n: number): Promise<void> {
    this.#drop(id, room.id)
    await this.#writing
    await this.#sql.query(
      `insert into read_markers (person_id, room_id, n, moved, turned_at)
       select $1, id, least($3, last_seq), pg_current_xact_id(), clock_timestamp() from rooms where id = $2
       on conflict (person_id, room_id) do update
          set n = excluded.n, moved = excluded.moved, turned_at = excluded.turned_at`,
      [id, room.id, n],
    )
    this.#onMoved()
  }

  /** Writes what was noted; comes back when that is done, or has failed and is noted again. */
  write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  /** Writes what is left; nothing is written any more after that. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.write()
    await this.write()
  }

  async #writeAll(): Promise<void> {
    if (this.#count === 0) return
    const all = [...this.#noted.values()].flatMap((rooms) => [...rooms.values()])
    this.#noted = new Map()
    this.#count = 0
    for (let at = 0; at < all.length; at += limits.readsAtOnce) {
      const some = all.slice(at, at + limits.readsAtOnce)
      try {
        await this.#store(some)
      } catch (error) {
        for (const noted of some) this.#keep(noted)
        this.#onError(error)
      }
    }
    this.#onMoved()
  }

  /**
   * In the order of its key, so that instances never wait for each other in a circle. How long ago
   * something was read is counted here, so that no clock has to be right; the way to the database
   * takes its time as well.
   */
  async #store(all: readonly Noted[]): Promise<void> {
    const now = performance.now()
    await this.#sql.query(
      `with asked as materialized (
         select person_id, room_id, n, clock_timestamp() - ms * interval '1 ms' as at
           from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::float8[]) a (person_id, room_id, n, ms)
       )
       insert into read_markers as x (person_id, room_id, n, moved)
       select p.id, r.id, least(a.n, r.last_seq), pg_current_xact_id()
         from asked a join people p on p.id = a.person_id join rooms r on r.id = a.room_id
         left join read_markers b on b.person_id = p.id and b.room_id = r.id
        where b.n is null or least(a.n, r.last_seq) > b.n
        order by p.id, r.id
       on conflict (person_id, room_id) do update
          set n = excluded.n, moved = excluded.moved,
              turned_at = case when x.turned_at > now() - interval '1 minute' then x.turned_at end
        where excluded.n > x.n and (x.turned_at is null or x.turned_at < (
              select at from asked where asked.person_id = x.person_id and asked.room_id = x.room_id))`,
      [
        all.map(({ personId }) => personId),
        all.map(({ roomId }) => roomId),
        all.map(({ n }) => n),
        all.map(({ at }) => now - at + this.#lateMs),
      ],
    )
  }

  #keep(noted: Noted): void {
    const rooms = this.#noted.get(noted.personId) ?? new Map<number, Noted>()
    const before = rooms.get(noted.roomId)
    // When it was read decides whether it still holds: who set it back since reads what comes
    // earlier in the room, and has not read this one anew.
    if (before && before.n > noted.n) return
    if (before?.n === noted.n) noted.at = Math.max(noted.at, before.at)
    // A reader tells again as they read on.
    if (!before && this.#count >= limits.readsNoted) return
    if (!before) this.#count++
    rooms.set(noted.roomId, noted)
    this.#noted.set(noted.personId, rooms)
  }

  #drop(personId: number, roomId: number): void {
    if (this.#noted.get(personId)?.delete(roomId)) this.#count--
  }
}
