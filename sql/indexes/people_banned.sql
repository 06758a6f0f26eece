-- Whom the server's owners have banned.
create index concurrently if not exists people_banned on people (id) where banned_at is not null
