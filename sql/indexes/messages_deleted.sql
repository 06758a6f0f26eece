-- Deleted messages of which something is there still, for emptying them.
create index concurrently if not exists messages_deleted on messages (deleted_at)
  where deleted_at is not null and (body <> '' or files is not null)
