-- Up Migration

-- What a member signs in with. `login` is their name as names are compared (chat/accounts.ts), so no
-- two members have names that look the same. `password` is a hash with its own cost beside it
-- (chat/passwords.ts).
create table accounts (
  person_id bigint primary key references people (id) on delete cascade,
  login text not null unique,
  password text not null,
  created_at timestamptz not null default now()
);
