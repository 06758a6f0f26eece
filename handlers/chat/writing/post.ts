import {
  type Draft,
  type Message,
  type MessageRow,
  messageColumns,
  messageFrom,
} from '../messages.ts'
import { invalid, notFound, Refusal, signIn } from '../refusal.ts'
import type { Answered, Kind } from './kind.ts'

/** A message to be stored as the next event of its room's log. */
export type Post = {
  kind: 'post'
  roomId: number
  authorId: number
  /** The stored key of the session that the author is known by; it must still stand. */
  session: Uint8Array
  draft: Draft
}

/** What became of a post: the message, and whether this call stored it. */
export type Posted = { message: Message; created: boolean }

/** A message's row, without the text where it was stored just now. */
type PostedRow = Omit<MessageRow, 'body'> & {
  body: string | null
  why: 'known' | keyof typeof refusals | null
}

/** Posts, a batch of them in one statement. */
export const posts: Kind<Post, Posted> = {
  statement: (all) => ({ text: statement, values: [JSON.stringify(all.map(asked))] }),
  answers: (all, rows) => all.map((post, place) => answerOf(post, rows[place] as PostedRow)),
  chars: ({ draft }) => draft.body.length,
  twin: ({ roomId, authorId, draft }) =>
    draft.nonce === null ? null : `${roomId} ${authorId} ${draft.nonce}`,
}

const asked = ({ roomId, authorId, session, draft }: Post, place: number) => ({
  place,
  room: roomId,
  author: authorId,
  session: Buffer.from(session).toString('hex'),
  body: draft.body,
  nonce: draft.nonce,
  reply_to: draft.replyTo,
})

function answerOf({ draft }: Post, row: PostedRow): Answered<Posted> {
  if (row.why !== null && row.why !== 'known')
    return { outcome: refusals[row.why](draft), seq: null }
  const created = row.why === null
  const message = messageFrom({ ...row, body: row.body ?? draft.body })
  return { outcome: { message, created }, seq: created ? message.n : null }
}

const refusals = {
  gone: () => notFound('room'),
  signed_out: signIn,
  archived: () =>
    new Refusal('not_allowed', 'This room is archived: it can be read, not written to.'),
  answers_nothing: (draft: Draft) =>
    invalid({ reply_to: `There is no message ${draft.replyTo} here to answer.` }),
  other_text: () =>
    new Refusal(
      'conflict',
      'This nonce was used for another text. Send the new text with a new nonce.',
    ),
}

/**
 * Stores posts. The same author's same nonce and body again is the first message. A closed room is
 * found through the author's membership, before anything else is told of it.
 *
 * `limit 1` keeps each look to an index, whatever the planner believes of a batch's size. The time
 * is the clock's, since a transaction's own is from before it had to wait, and to the millisecond,
 * as readers get it.
 */
const statement = `
with asked as materialized (
  select place, room, author, decode(session, 'hex') as session, body, nonce, reply_to
    from json_to_recordset($1) as a (place integer, room bigint, author bigint, session text,
                                     body text, nonce text, reply_to bigint)
), clock as materialized (
  select date_trunc('milliseconds', clock_timestamp()) as at
), seen as materialized (
  select a.*, r.last_seq, p.name, p.color, p.kind, known.n as known,
         case
           when r.id is null or (r.visibility <> 'open' and (s.key is null or not exists
             (select from members m where m.room_id = a.room and m.person_id = a.author)))
             then 'gone'
           when s.key is null then 'signed_out'
           when known.body <> a.body then 'other_text'
           when known.n is not null then 'known'
           when r.archived then 'archived'
           when a.reply_to is not null and not exists
             (select from messages m where m.room_id = a.room and m.n = a.reply_to)
             then 'answers_nothing'
         end as why
    from asked a
    left join lateral (select * from rooms where id = a.room limit 1) r on true
    left join lateral (select * from people where id = a.author limit 1) p on true
    left join lateral (select * from sessions where key = a.session and person_id = p.id limit 1) s
      on true
    left join lateral (select n, body from messages
      where room_id = a.room and author_id = a.author and nonce = a.nonce limit 1) known on true
), taken as materialized (
  select seen.*, clock.at, last_seq + row_number() over (partition by room order by place) as n
    from seen, clock where why is null
), stored as (
  insert into messages (room_id, n, author_id, author_name, author_color, author_kind, body, at, nonce, reply_to)
  select room, n, author, name, color, kind, body, at, nonce, reply_to from taken
), logged as (
  insert into log (room_id, seq, type, by_id, n, at)
  select room, n, 'message.posted', author, n, at from taken
), counted as (
  update rooms
     set last_seq = last_seq + more, messages = messages + more, moved = pg_current_xact_id()
    from (select room, count(*) as more from taken group by room) as moving
   where id = room
)
select place, why, n, author as author_id, name as author_name, color as author_color,
       kind as author_kind, null as body, at, null::timestamptz as edited_at,
       null::timestamptz as deleted_at, reply_to, 1 as version
  from taken
union all
select seen.place, why, ${messageColumns}
  from seen left join lateral (select * from messages where room_id = room and n = known limit 1) m on true
 where why is not null
 order by place`
