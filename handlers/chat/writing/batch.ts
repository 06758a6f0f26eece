import { limits } from '../../limits.ts'
import type { Refusal } from '../refusal.ts'
import type { Transact } from '../sql.ts'
import type { Answered, Kind } from './kind.ts'
import { type Change, kinds, type Outcome } from './kinds.ts'

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
export const charsOf = (change: Change): number => kindOf(change).chars(change)

const kindOf = ({ kind }: Change): Kind<Change, Outcome> => kinds[kind] as Kind<Change, Outcome>

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
  const runs = runsOf(changes)
  const told = runs.map((run) => kindOf(run[0] as Change).statements(run))
  const answers = await transact([
    { text: "select set_config('lock_timeout', $1, true)", values: [String(lockMs)] },
    // Not "for update": who merely refers to a room, such as a new member's row, need not wait.
    {
      text: 'select from rooms where id = any($1) order by id for no key update',
      values: [rooms],
    },
    ...told.flat(),
  ])
  let at = 2
  return runs.flatMap((run, i) => {
    const rows = answers.slice(at, at + (told[i]?.length ?? 0))
    at += rows.length
    return kindOf(run[0] as Change).answers(run, rows)
  })
}

/** Changes of one kind that follow each other; what comes later must find what came before. */
function runsOf(changes: readonly Change[]): Change[][] {
  const runs: Change[][] = []
  for (const change of changes) {
    const run = runs.at(-1)
    if (run?.[0]?.kind === change.kind) run.push(change)
    else runs.push([change])
  }
  return runs
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
    const twin = kindOf(waiting.change).twin(waiting.change)
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
