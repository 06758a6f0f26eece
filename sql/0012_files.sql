-- Up Migration

-- A file that somebody sends. The id is random, and its address; who may see the message may have it.
create table files (
  id text primary key,
  room_id bigint not null,
  -- The message that it belongs to, and its place in there; null until there is one.
  n bigint,
  place smallint,
  uploader_id bigint not null references people (id),
  name text not null,
  type text not null default 'application/octet-stream',
  -- Counted in file_use from when all of it is there.
  size bigint not null default 0,
  width integer,
  height integer,
  sha256 bytea,
  -- A smaller picture of it, as WebP.
  preview bytea,
  -- Where its bytes are: in file_chunks, or in the store that S3_… names.
  store text not null check (store in ('database', 's3')),
  state text not null default 'arriving' check (state in ('arriving', 'ready', 'attached', 'going')),
  -- It is collected from then on: what was left behind, or belongs to a message that is gone.
  expires_at timestamptz,
  created_at timestamptz not null default now()
);
alter table files alter column preview set storage external;
create index files_message on files (room_id, n) where n is not null;
create index files_expires on files (expires_at) where expires_at is not null;

-- Files are compressed already, and parts of them are asked for: neither wants PostgreSQL's compression.
create table file_chunks (
  file_id text not null references files (id) on delete cascade,
  part integer not null,
  bytes bytea not null,
  primary key (file_id, part)
);
alter table file_chunks alter column bytes set storage external;

-- What somebody's files take.
create table file_use (
  person_id bigint primary key references people (id) on delete cascade,
  bytes bigint not null
);

-- A message's files as its readers get them, so that opening a room looks nowhere else.
alter table messages add column files jsonb;

-- Files go with their messages, whatever deletes those.
create function messages_take_files() returns trigger language plpgsql as $$
begin
  update files f set expires_at = now() from gone g
   where g.files is not null and f.room_id = g.room_id and f.n = g.n;
  return null;
end
$$;

create trigger messages_take_files after delete on messages
  referencing old table as gone for each statement execute function messages_take_files();

-- Who deletes a message may take that back for a while: until then its files are only hidden.
create function messages_hide_files() returns trigger language plpgsql as $$
begin
  update files set expires_at = new.deleted_at + interval '1 hour'
   where room_id = new.room_id and n = new.n and state = 'attached';
  return null;
end
$$;

create trigger messages_hide_files after update of deleted_at on messages for each row
  when (new.files is not null and old.deleted_at is distinct from new.deleted_at)
  execute function messages_hide_files();
