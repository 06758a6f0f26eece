-- Deleted messages whose text is still there, for emptying them.
create index concurrently if not exists messages_deleted on messages (deleted_at) where deleted_at is not null and body <> ''
