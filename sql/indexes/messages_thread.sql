-- What answers a message, and what answers that.
create index concurrently if not exists messages_thread on messages (room_id, thread, n) where thread is not null
