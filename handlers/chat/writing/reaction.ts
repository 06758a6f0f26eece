import { limits } from '../../limits.ts'
import { invalid } from '../refusal.ts'
import { actorPart, eventPart } from './act.ts'
import {
  foundPart,
  type MessageAct,
  messageAct,
  messageActValues,
  writesCases,
} from './message-act.ts'

/**
 * A reaction that somebody gives a message (`isGiven`), takes back, or, where `isGiven` is null,
 * whichever of the two it is not yet. What it may be is in chat/emoji.ts.
 */
export type Reacting = MessageAct & { kind: 'reaction'; emoji: string; isGiven: boolean | null }

/** Gives and takes back reactions. What is so already is no event. */
export const reactions = messageAct<Reacting>(
  (act) => ({
    text: statement,
    values: [
      ...messageActValues(act),
      act.emoji,
      act.isGiven,
      limits.reactionsOfMessage,
      limits.reactionPeople,
    ],
  }),
  {
    crowded: () =>
      invalid({ emoji: `${limits.reactionPeople} people said that already. Say it in words.` }),
    too_many: () =>
      invalid({
        emoji: `A message has at most ${limits.reactionsOfMessage} different reactions. Join one that is there.`,
      }),
  },
)

const statement = `
with ${actorPart}, ${foundPart}, had as materialized (
  select exists (select from reactions e, found, actor where e.room_id = found.room_id and e.n = found.n
                    and e.emoji = $5::text and e.person_id = person) as it
), wanted as materialized (
  select coalesce($6::boolean, not it) as given from had
), verdict as (
  select case
    when actor.why is not null then actor.why
    when found.n is null or found.deleted_at is not null then 'no_message'${writesCases}
    when wanted.given = had.it then 'same'
    when wanted.given and (select count(*) from (select distinct emoji from reactions e
                  where e.room_id = found.room_id and e.n = found.n and e.emoji <> $5) others) >= $7::integer
      then 'too_many'
    when wanted.given and (select count(*) from reactions e where e.room_id = found.room_id and e.n = found.n
                              and e.emoji = $5) >= $8::integer then 'crowded'
  end as why
  from actor cross join had cross join wanted left join found on true
), given as (
  insert into reactions (room_id, n, emoji, person_id, name)
  select room, found.n, $5, person, name from actor, found, wanted
   where wanted.given and (select why from verdict) is null
  returning n
), taken as (
  delete from reactions e using actor, found, wanted
   where not wanted.given and (select why from verdict) is null
     and e.room_id = found.room_id and e.n = found.n and e.emoji = $5 and e.person_id = actor.person
  returning e.n
), done as (
  select null::bigint as about_id, n, '' as detail, false as lost
    from (select n from given union all select n from taken) one
), ${eventPart('reaction.changed')}
select (select why from verdict) as why, (select seq from event) as seq, null as "serverSeq"`
