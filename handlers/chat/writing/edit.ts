import { limits } from '../../limits.ts'
import { candidatesIn, namedIn } from '../naming.ts'
import { actorPart, eventPart } from './act.ts'
import {
  foundPart,
  type MessageAct,
  messageAct,
  messageActValues,
  writesCases,
} from './message-act.ts'

/** A message that its author puts in other words. */
export type Edit = MessageAct & {
  kind: 'edit'
  body: string
  /** The version that the author has changed; null where they do not say. */
  version: number | null
}

/** Edits messages; what each said before is kept. The same text again is no event. */
export const edits = {
  ...messageAct<Edit>((edit) => {
    const may = candidatesIn(edit.body)
    return {
      text: statement,
      values: [
        ...messageActValues(edit),
        edit.version,
        edit.body,
        may && JSON.stringify(may.names),
        may && JSON.stringify(may.slugs),
        may?.all ?? null,
        limits.keptEdits,
      ],
    }
  }),
  chars: ({ body }: Edit) => body.length,
}

const statement = `
with ${actorPart}, ${foundPart}, asked as (
  select $7::json as names, $8::json as slugs, $9::boolean as everybody
), verdict as (
  select case
    when actor.why is not null then actor.why
    when found.n is null or (found.deleted_at is not null and found.author_id = person) then 'no_message'
    when found.author_id <> person then 'not_yours'${writesCases}
    when found.version <> $5::integer then 'changed'
    when found.body = $6::text then 'same'
  end as why
  from actor left join found on true
), before as (
  insert into edits (room_id, n, version, body, at)
  select room_id, n, version, body, coalesce(edited_at, at) from found where (select why from verdict) is null
), forgotten as (
  delete from edits e using found
   where (select why from verdict) is null and e.room_id = found.room_id and e.n = found.n and e.version <= found.version - $10::integer
), changed as (
  update messages m
     set body = $6, edited_at = date_trunc('milliseconds', clock_timestamp()), version = m.version + 1,
         named = ${namedIn('m.room_id', 'asked')}
    from found, asked
   where m.room_id = found.room_id and m.n = found.n and (select why from verdict) is null
  returning m.room_id, m.n, m.named
), whom as (
  select changed.room_id, changed.n, (one->>'id')::bigint as person_id
    from changed, jsonb_array_elements(changed.named->'people') one
   union all select room_id, n, 0 from changed where (named->>'all')::boolean
), unmentioned as (
  delete from mentions m using changed, found
   where found.named is not null and m.room_id = changed.room_id and m.n = changed.n
     and m.person_id not in (select person_id from whom)
), mentioned as (
  insert into mentions (room_id, person_id, n) select room_id, person_id, n from whom on conflict do nothing
), done as (
  select null::bigint as about_id, n, '' as detail, false as lost from changed
), ${eventPart('message.edited')}
select (select why from verdict) as why, (select seq from event) as seq, null as "serverSeq"`
