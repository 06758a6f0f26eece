/** A file of a message, as its readers see it. */
export type MessageFile = {
  id: string
  name: string
  type: string
  size: number
  /** Of a picture, as it is looked at. */
  width?: number
  height?: number
  /** Whether there is a smaller picture of it. */
  preview?: true
}

/**
 * The files that posts bring, in SQL. `asked` has their ids, as JSON. Only what its author has sent to
 * that room, and is in no message yet; locked, so that it is not collected meanwhile.
 */
export const claimedPart = `claimed as materialized (
  select a.place as post, f.id, f.name, f.type, f.size, f.width, f.height, f.preview is not null as preview, w.place
    from asked a
   cross join lateral json_array_elements_text(a.files) with ordinality as w (id, place)
    join files f on f.id = w.id and f.room_id = a.room and f.uploader_id = a.author and f.state = 'ready'
   order by f.id for update of f
), brought as materialized (
  select post, count(*) as count,
         jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', id, 'name', name, 'type', type, 'size', size,
           'width', width, 'height', height, 'preview', case when preview then true end)) order by place) as files
    from claimed group by post
)`

/** The files of the messages that are stored become theirs. `taken` has the messages. */
export const attachedPart = `attached as (
  update files f set n = taken.n, place = claimed.place, state = 'attached', expires_at = null
    from claimed join taken on taken.place = claimed.post where f.id = claimed.id
)`

/** What tells one message's files from another's, in SQL: names and sizes. */
export const tellingOf = (files: string): string =>
  `(select jsonb_agg(jsonb_build_array(e->'name', e->'size')) from jsonb_array_elements(${files}) e)`
