import { limits } from '../limits.ts'
import { type Batch, nothing } from './log.ts'
import { Room } from './room.ts'
import type { Group, Wait } from './wait.ts'

/** The rooms that an instance has heard of: how far each has come, and who waits in it. */
export class Rooms {
  readonly #heads = new Map<number, number>()
  readonly #rooms = new Map<number, Room>()

  /** The newest number of a room that was heard of; undefined where of none. */
  head(id: number): number | undefined {
    return this.#heads.get(id)
  }

  /** The same for a room where somebody waits. */
  reached({ id }: Room): number {
    return this.#heads.get(id) ?? 0
  }

  /** A room where somebody waits, or did. */
  get(id: number): Room | undefined {
    return this.#rooms.get(id)
  }

  /** A room for somebody who waits past a number. */
  open(id: number, after: number): Room {
    const known = this.#rooms.get(id)
    if (known) return known
    if (this.#rooms.size >= limits.keptRooms) this.#dropQuiet()
    const room = new Room(id, after)
    this.#rooms.set(id, room)
    return room
  }

  /** A room has reached a number; what is older changes nothing. */
  learn(id: number, head: number): void {
    const known = this.#heads.get(id)
    if (known !== undefined && known >= head) return
    if (known === undefined && this.#heads.size >= limits.rememberedRooms) this.#forgetQuiet()
    this.#heads.set(id, head)
  }

  /** What was believed of a room's head was wrong. */
  correct(id: number, head: number): void {
    this.#heads.set(id, head)
  }

  /**
   * What has this number of a room or a lower one is not kept any more, and is told to nobody.
   * @returns whether somebody waits who stands in it.
   */
  expire(id: number, seq: number): boolean {
    const room = this.#rooms.get(id)
    if (!room || room.ring.top < seq) return room !== undefined
    room.expire(seq)
    return false
  }

  /** What those are told whose wait ends with nothing. */
  nothingFor(group: Group | undefined): Batch {
    const batch = nothing(group?.after ?? 0)
    const room = group && group.roomId !== null ? this.#rooms.get(group.roomId) : undefined
    const hints = room?.hints.past(group?.after ?? 0)
    return hints ? { ...batch, hints } : batch
  }

  forget(id: number): void {
    this.#heads.delete(id)
    this.#rooms.delete(id)
  }

  /** The rooms that somebody waits in. */
  waitedIn(): Room[] {
    return [...this.#rooms.values()].filter((room) => room.groups.size > 0)
  }

  /** Groups of those who wait for the same. */
  get groups(): number {
    return this.waitedIn().reduce((sum, { groups }) => sum + groups.size, 0)
  }

  /** Who lets others know that they wait in a room; nobody where that would be too many. */
  present(): Map<number, Set<number>> {
    const present = new Map<number, Set<number>>()
    for (const room of this.waitedIn()) {
      const people = room.size > limits.hintedWaits ? [] : room.people()
      if (people.length > 0 && people.length <= limits.presencePeople)
        present.set(room.id, new Set(people))
    }
    return present
  }

  /** All who wait in some room. */
  waits(): Wait[] {
    return this.waitedIn().flatMap((room) => room.waits())
  }

  /** Rings are large; that of a room where nobody waits is read again when somebody does. */
  #dropQuiet(): void {
    for (const [id, room] of this.#rooms) if (!room.isFollowed) this.#rooms.delete(id)
  }

  /** The head of a room where nobody waits comes back with the next request for it. */
  #forgetQuiet(): void {
    for (const id of this.#heads.keys()) {
      if ((this.#rooms.get(id)?.groups.size ?? 0) === 0) this.forget(id)
    }
  }

  /** Whether there is something past a number of a room, here or as far as was heard. */
  isPast(roomId: number, after: number): boolean {
    const top = this.get(roomId)?.ring.top ?? 0
    return after < Math.max(top, this.head(roomId) ?? 0)
  }
}
