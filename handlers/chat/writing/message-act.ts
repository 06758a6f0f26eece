/** What the changes of one message have in common. */
import { type Message, type MessageRow, messageColumns, messageFrom } from '../messages.ts'
import { notFound, Refusal } from '../refusal.ts'
import type { Statement } from '../sql.ts'
import { type Actor, type ActRow, actorValues, rank, refusalOf } from './act.ts'
import type { Kind } from './kind.ts'

/** Something that is done to a message. */
export type MessageAct = Actor & { n: number }

/** The message as it is now. */
export type Acted = { message: Message }

/** The first four values of the statement of such an act. */
export const messageActValues = (act: MessageAct): unknown[] => [...actorValues(act), act.n]

/** The message, where whoever acts may see it. It comes after `actorPart`. */
export const foundPart = `found as materialized (
  select m.* from messages m, actor
   where m.room_id = actor.room and m.n = $4::bigint and m.n > actor.floor
)`

/** Why somebody may not write in a room that they see, in SQL, as cases of `actor`. */
export const writesCases = `
    when archived then 'archived'
    when role = 'reader' and kind <> 'owner' then 'reads_only'
    when muted_until > clock_timestamp() and kind <> 'owner' then 'muted'`

/** Whether whoever acts looks after the room, in SQL: conversations are looked after by nobody. */
export const moderatesRoom = `(${rank('role')} >= ${rank(`'moderator'`)} and direct is null)`

export const changedMeanwhile = () =>
  new Refusal('conflict', 'This message was changed meanwhile. Look at it again, then decide.')

const readAgain = ({ roomId, n }: MessageAct): Statement => ({
  text: `select ${messageColumns} from messages m where m.room_id = $1 and m.n = $2`,
  values: [roomId, n],
})

/** Words with which a statement says that all is well, and that there is nothing to do. */
const isSame = (why: string | null): boolean => why === null || why === 'same'

/**
 * A kind of change of one message: a statement of its own, and behind it one that reads the message
 * as it is then.
 * @param refusals what its own words stand for, beside those of every act.
 */
export const messageAct = <Act extends MessageAct>(
  statement: (act: Act) => Statement,
  refusals: Record<string, (act: Act) => Refusal> = {},
): Kind<Act, Acted> => ({
  statements: (acts) => acts.flatMap((act) => [statement(act), readAgain(act)]),
  answers: (acts, rows) =>
    acts.map((act, i) => {
      const { why, seq } = (rows[2 * i] as [ActRow])[0]
      const row = rows[2 * i + 1]?.[0] as MessageRow | undefined
      if (why === 'changed') return { outcome: changedMeanwhile(), seq: null }
      if (why !== null && !isSame(why))
        return { outcome: refusals[why]?.(act) ?? refusalOf(why), seq: null }
      return { outcome: row ? { message: messageFrom(row) } : notFound('message'), seq }
    }),
  chars: () => 0,
  twin: () => null,
})
