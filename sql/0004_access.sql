-- Up Migration

-- Who may enter and do what, as the server's owner wants it. One row.
create table policy (
  only_row boolean primary key default true check (only_row),
  -- open: guests are welcome; invited: guests by link alone; members: accounts alone.
  entry text not null default 'open' check (entry in ('open', 'invited', 'members')),
  accounts text not null default 'anyone' check (accounts in ('anyone', 'invited', 'nobody')),
  rooms text not null default 'anyone' check (rooms in ('anyone', 'members', 'owners')),
  -- Null for ever.
  retention_days integer check (retention_days > 0),
  file_bytes bigint not null default 26214400 check (file_bytes >= 0)
);
insert into policy default values;

alter table server
  -- When the first owner came: the links that were printed until then are worth nothing any more.
  add column first_owner_at timestamptz,
  -- Signed the cookies before `secret` did; they are taken still.
  add column secret_before text,
  -- Keys the hashes of addresses, so that a copy of them tells no address.
  add column address_key text not null default gen_random_uuid()::text || gen_random_uuid()::text;

alter table people
  add column banned_at timestamptz,
  -- A keyed hash of the address that a guest was made from, for barring it.
  add column address bytea;

-- A session is a browser's, or a program's personal token. `name` is what its person knows it by.
alter table sessions
  add column kind text not null default 'device' check (kind in ('device', 'token')),
  add column name text,
  add column scope text not null default 'write' check (scope in ('read', 'write')),
  add column expires_at timestamptz,
  add column used_at timestamptz;

-- Who came by another way than a password has none.
alter table accounts alter column password drop not null;

-- What lets somebody in once: the first owner, another owner, or one person, who may then take a
-- new password. `key` is the SHA-256 of what the link holds.
create table entry_links (
  key bytea primary key,
  purpose text not null check (purpose in ('first_owner', 'owner', 'sign_in')),
  person_id bigint references people (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  check ((purpose = 'sign_in') = (person_id is not null))
);

alter table rooms
  -- Of a direct conversation, the ids of its people in order: there is one for each set of people.
  add column direct text unique,
  add column slow_seconds integer not null default 0 check (slow_seconds >= 0),
  add column retention_days integer check (retention_days > 0);

alter table members
  -- Was let in by somebody or made the room, and did not merely write in an open room.
  add column invited boolean not null default true,
  -- Sees what has a later number alone.
  add column floor bigint not null default 0,
  add column muted_until timestamptz,
  -- When they wrote last, where the room is slow.
  add column posted_at timestamptz,
  add column level text not null default 'everything' check (level in ('everything', 'mentions', 'nothing'));

create table room_bans (
  room_id bigint not null references rooms (id) on delete cascade,
  person_id bigint not null references people (id) on delete cascade,
  by_id bigint not null references people (id),
  at timestamptz not null default now(),
  primary key (room_id, person_id)
);

-- Invitation links, each to one room. `key` is the SHA-256 of what the link holds.
create table links (
  id bigint generated always as identity primary key,
  room_id bigint not null references rooms (id) on delete cascade,
  key bytea not null unique,
  by_id bigint not null references people (id) on delete cascade,
  access text not null check (access in ('read', 'write')),
  history text not null check (history in ('all', 'from_now')),
  -- Null for any number of people.
  uses integer check (uses > 0),
  used integer not null default 0,
  expires_at timestamptz,
  created_at timestamptz not null default now()
);
create index links_room on links (room_id);

-- Addresses that no new guests may come from for a while, as keyed hashes.
create table barred_addresses (
  address bytea primary key,
  by_id bigint not null references people (id),
  expires_at timestamptz not null
);

create table reports (
  room_id bigint not null references rooms (id) on delete cascade,
  id bigint generated always as identity,
  n bigint not null,
  by_id bigint not null references people (id) on delete cascade,
  reason text not null,
  at timestamptz not null default now(),
  settled_at timestamptz,
  settled_by bigint references people (id),
  primary key (room_id, id),
  -- One of each person for a message.
  unique (room_id, n, by_id)
);

-- What owners and moderators did. Nothing in it is ever changed.
create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  by_id bigint not null,
  room_id bigint,
  action text not null,
  about_id bigint,
  n bigint,
  detail text not null default ''
);
create index audit_room on audit (room_id, id);

create function audit_stays() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is only ever added to.';
end
$$;

create trigger audit_stays before update or delete or truncate on audit
  for each statement execute function audit_stays();

-- Of whom or what an event of a room's log tells, beside its message; of the server's log, which room.
alter table log add column about_id bigint;
alter table server_log add column room_id bigint;
