-- Who is named in a message, for when it changes or goes.
create index concurrently if not exists mentions_message on mentions (room_id, n)
