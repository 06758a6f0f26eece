-- A room's pinned messages.
create index concurrently if not exists messages_pinned on messages (room_id, n) where pinned_at is not null
