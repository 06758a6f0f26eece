-- Up Migration

-- What this server is. One row.
create table server (
  only_row boolean primary key default true check (only_row),
  -- Random, so that the cursors of one database mean nothing in another (see live/cursor.ts).
  word text not null default gen_random_uuid()::text,
  -- Signs the cookies where the environment names no secret. Two version-4 UUIDs: 244 random bits.
  secret text not null default gen_random_uuid()::text || gen_random_uuid()::text
);
insert into server default values;

create table people (
  id bigint generated always as identity primary key,
  name text not null,
  color text not null,
  kind text not null check (kind in ('guest', 'member', 'owner')),
  created_at timestamptz not null default now()
);

-- A browser or program that someone uses. `key` is the SHA-256 of what the cookie holds, so that
-- a copy of this table lets nobody in.
create table sessions (
  key bytea primary key,
  person_id bigint not null references people (id) on delete cascade,
  created_at timestamptz not null default now()
);

create table rooms (
  id bigint generated always as identity primary key,
  slug text not null unique,
  name text not null,
  topic text not null default '',
  visibility text not null check (visibility in ('open', 'closed')),
  archived boolean not null default false,
  -- The number of the newest event of the room's log. Whoever stores an event takes the next
  -- number under this row's lock, in the same transaction: gapless, and visible in order.
  last_seq bigint not null default 0,
  created_by bigint references people (id) on delete set null,
  created_at timestamptz not null default now()
) with (fillfactor = 70); -- every event updates its room's row: room for the new version on the same page

-- Only open rooms' names are unique: that a closed room's is taken would tell that it exists.
create unique index rooms_open_name on rooms (lower(name)) where visibility = 'open';

create table members (
  room_id bigint not null references rooms (id) on delete cascade,
  person_id bigint not null references people (id) on delete cascade,
  role text not null check (role in ('owner', 'moderator', 'member', 'reader')),
  since timestamptz not null default now(),
  primary key (room_id, person_id)
);

-- The current state of each message. `n` is the number of the event that made it. The author's
-- name and colour are as they were when it was written: a later rename changes no old message.
create table messages (
  room_id bigint not null references rooms (id) on delete cascade,
  n bigint not null,
  author_id bigint not null references people (id),
  author_name text not null,
  author_color text not null,
  author_kind text not null,
  body text not null,
  at timestamptz not null default now(),
  edited_at timestamptz,
  deleted_at timestamptz,
  reply_to bigint,
  version integer not null default 1,
  nonce text,
  primary key (room_id, n)
);

-- A post sent twice is stored once.
create unique index messages_nonce on messages (room_id, author_id, nonce) where nonce is not null;

-- The one numbered log of each room: every lasting change of what its readers see.
create table log (
  room_id bigint not null references rooms (id) on delete cascade,
  seq bigint not null,
  type text not null,
  by_id bigint not null,
  n bigint,
  at timestamptz not null default now(),
  primary key (room_id, seq)
);

insert into rooms (slug, name, topic, visibility)
values ('lobby', 'Lobby', 'Everyone is welcome here', 'open');
