import { roleIn, seesRoom } from '../access.ts'
import { attachedPart, claimedPart, tellingOf } from '../files/attaching.ts'
import {
  type Draft,
  type Message,
  type MessageRow,
  messageColumns,
  messageFrom,
  quoteOf,
} from '../messages.ts'
import { candidatesIn, namedIn } from '../naming.ts'
import { invalid, Refusal } from '../refusal.ts'
import { actRefusals, sessionWrites } from './act.ts'
import type { Answered, Kind } from './kind.ts'
import { slowFor } from './slow.ts'

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
  /** Seconds until they may write again, in a slow room. */
  wait_s: number | null
}

/** Posts, a batch of them in one statement. */
export const posts: Kind<Post, Posted> = {
  statements: (all) => [{ text: statement, values: [JSON.stringify(all.map(asked))] }],
  answers: (all, [rows = []]) => all.map((post, place) => answerOf(post, rows[place] as PostedRow)),
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
  files: draft.files,
  ...named(draft.body),
})

function named(body: string) {
  const may = candidatesIn(body)
  return may && { names: may.names, slugs: may.slugs, everybody: may.all }
}

function answerOf({ draft }: Post, row: PostedRow): Answered<Posted> {
  if (row.why !== null && row.why !== 'known')
    return { outcome: refusals[row.why](draft, row.wait_s ?? 1), seq: null }
  const created = row.why === null
  const message = messageFrom({ ...row, body: row.body ?? draft.body })
  return { outcome: { message, created }, seq: created ? message.n : null }
}

const refusals = {
  gone: actRefusals.gone as () => Refusal,
  signed_out: actRefusals.signed_out as () => Refusal,
  archived: actRefusals.archived as () => Refusal,
  reads_only: actRefusals.reads_only as () => Refusal,
  muted: actRefusals.muted as () => Refusal,
  slow: (_: Draft, seconds: number) => slowFor(seconds),
  no_file: () =>
    new Refusal('conflict', 'A file of this message is not there any more. Send it again.'),
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
 * found through the author's membership, before anything else is told of it. Who writes in an open
 * room is in it from then on; the message itself tells so.
 *
 * `limit 1` keeps each look to an index, whatever the planner believes of a batch's size. The time
 * is the clock's, since a transaction's own is from before it had to wait, and to the millisecond,
 * as readers get it.
 */
const statement = `
with asked as materialized (
  select place, room, author, decode(session, 'hex') as session, body, nonce, reply_to,
         names, slugs, everybody, files
    from json_to_recordset($1) as a (place integer, room bigint, author bigint, session text,
                                     body text, nonce text, reply_to bigint,
                                     names json, slugs json, everybody boolean, files json)
), clock as materialized (
  select date_trunc('milliseconds', clock_timestamp()) as at
), ${claimedPart}, seen as materialized (
  select a.place, a.room, a.author, a.body, a.nonce, a.reply_to, a.names, a.slugs, a.everybody,
         b.files as files, r.last_seq, p.name, p.color, p.kind, known.n as known, r.slow_seconds,
         coalesce(q.thread, q.n) as thread, m.person_id is null as joins, m.posted_at + r.slow_seconds * interval '1 second' as again_at,
         case
           when not ${seesRoom} or (s.key is null and r.visibility <> 'open') then 'gone'
           when s.key is null then 'signed_out'
           when known.n is not null and (known.body <> a.body
                or ${tellingOf('known.files')} is distinct from ${tellingOf('b.files')}) then 'other_text'
           when known.n is not null then 'known'
           when r.archived then 'archived'
           when m.role = 'reader' and p.kind <> 'owner' then 'reads_only'
           when m.muted_until > clock.at and p.kind <> 'owner' then 'muted'
           when a.reply_to is not null and (a.reply_to <= m.floor or q.n is null)
             then 'answers_nothing'
           when r.slow_seconds > 0 and ${roleIn} not in ('moderator', 'owner')
                and (m.posted_at > clock.at - r.slow_seconds * interval '1 second' or exists
                  (select from asked b where b.room = a.room and b.author = a.author and b.place < a.place))
             then 'slow'
           when a.files is not null and coalesce(b.count, 0) <> json_array_length(a.files) then 'no_file'
         end as why
    from asked a cross join clock cross join lateral (select * from policy limit 1) pol
    left join lateral (select * from rooms where id = a.room limit 1) r on true
    left join lateral (select * from people where id = a.author limit 1) p on true
    left join lateral (select * from sessions s where key = a.session and person_id = p.id
      and ${sessionWrites} limit 1) s on true
    left join lateral (select * from members where room_id = a.room and person_id = a.author limit 1) m
      on true
    left join brought b on b.post = a.place
    left join lateral (select n, body, files from messages
      where room_id = a.room and author_id = a.author and nonce = a.nonce limit 1) known on true
    left join lateral (select n, thread from messages
      where a.reply_to is not null and room_id = a.room and n = a.reply_to limit 1) q on true
), taken as materialized (
  select seen.*, clock.at, last_seq + row_number() over (partition by room order by place) as n,
         ${namedIn('seen.room', 'seen')} as named
    from seen, clock where why is null
), stored as (
  insert into messages (room_id, n, author_id, author_name, author_color, author_kind, body, at, nonce,
                        reply_to, thread, named, files)
  select room, n, author, name, color, kind, body, at, nonce, reply_to, thread, named, files from taken
), ${attachedPart}, mentioned as (
  insert into mentions (room_id, person_id, n)
  select room, (whom->>'id')::bigint, n from taken, jsonb_array_elements(named->'people') whom
   where named is not null
   union all select room, 0, n from taken where (named->>'all')::boolean
), joined as (
  insert into members (room_id, person_id, role, invited, posted_at)
  select distinct on (room, author) room, author, 'member', false, at from taken where joins
  on conflict do nothing
), paced as (
  update members set posted_at = at
    from taken where slow_seconds > 0 and room_id = room and person_id = author
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
       null::timestamptz as deleted_at, reply_to, thread, 1 as version, named, files, false as pinned,
       ${quoteOf('taken.room', 'taken.reply_to')}, null::json as reactions, null::integer as wait_s
  from taken
union all
select seen.place, why, ${messageColumns},
       greatest(1, ceil(extract(epoch from again_at - clock.at)))::integer
  from clock cross join seen left join lateral (select * from messages where room_id = room and n = known limit 1) m on true
 where why is not null
 order by place`
