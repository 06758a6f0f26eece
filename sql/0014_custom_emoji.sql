-- Up Migration

-- Emoji that people of this server have added: a name, and a small picture.
create table custom_emoji (
  name text primary key check (name ~ '^[a-z0-9_+-]{2,32}$'),
  picture bytea not null,
  type text not null,
  -- Changes with the picture, so that browsers may keep it.
  version text generated always as (left(md5(picture), 8)) stored,
  by_id bigint not null references people (id) on delete cascade,
  at timestamptz not null default now()
);
