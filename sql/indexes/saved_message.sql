-- Who saved a message, for when it goes.
create index concurrently if not exists saved_message on saved (room_id, n)
