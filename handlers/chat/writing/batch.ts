import { limits } from '../../limits.ts'
import type { Refusal } from '../refusal.ts'
import type { Transact } from '../sql.ts'
import type { Answered } from './kind.ts'
import { type Post, type Posted, posts } from './post.ts'

/** What changes a room's log, and what becomes of it. */
export type Change = Post
export type Outcome = Posted

/** A change on its way. */
export type Waiting = {
  change: Change
  /** Characters of its texts. */
  chars: number
  /** When it is given up, on the clock of `performance.now()`. */
  deadline: number
  settle(outcome: Outcome | Refusal): void
  fail(error: unknown): void
}

/** The characters of a change's texts. */
export const charsOf = (change: Change): number => posts.chars(change)

/**
 * Stores changes in one transaction of one round trip. Rooms are locked in the order of their ids,
 * so that instances that write to the same rooms never wait for each other in a circle; the
 * statements after that see what was committed before the locks came.
 *
 * @param lockMs how long it waits for the rooms; then it rejects with 55P03, nothing stored.
 * @returns what became of each, in their order, once it is committed.
 */
export async function store(
  transact: Transact,
  changes: readonly Change[],
  lockMs: number,
): Promise<Answered<Outcome>[]> {
  const rooms = [...new Set(changes.map(({ roomId }) => roomId))]
  const answers = await transact([
    { text: "select set_config('lock_timeout', $1, true)", values: [String(lockMs)] },
    // Not "for update": who merely refers to a room, such as a new member's row, need not wait.
    {
      text: 'select from rooms where id = any($1) order by id for no key update',
      values: [rooms],
    },
    posts.statement(changes),
  ])
  return posts.answers(changes, answers[2] ?? [])
}

/**
 * The changes that go into the next transaction, in the order in which they came, and those left.
 * A twin of one that goes is left, so that it finds the first one stored.
 */
export function takeBatch(queue: readonly Waiting[]): { batch: Waiting[]; left: Waiting[] } {
  const batch: Waiting[] = []
  const twins: Waiting[] = []
  const taken = new Set<string>()
  let chars = 0
  let at = 0
  for (; at < queue.length && batch.length < limits.batchChanges; at++) {
    const waiting = queue[at] as Waiting
    const twin = posts.twin(waiting.change)
    if (twin !== null && taken.has(twin)) {
      twins.push(waiting)
      continue
    }
    chars += waiting.chars
    if (batch.length > 0 && chars > limits.batchChars) break
    if (twin !== null) taken.add(twin)
    batch.push(waiting)
  }
  return { batch, left: [...twins, ...queue.slice(at)] }
}

/** The same by room, each in the order in which they came. */
export function byRoom(batch: readonly Waiting[]): Waiting[][] {
  const rooms = new Map<number, Waiting[]>()
  for (const waiting of batch) {
    const others = rooms.get(waiting.change.roomId)
    if (others) others.push(waiting)
    else rooms.set(waiting.change.roomId, [waiting])
  }
  return [...rooms.values()]
}
