-- Up Migration

-- What a member signs in with. `login` is their name as names are compared (`loginOf` in chat/text.ts):
-- no two members have one that differs only in case or in what is invisible. `password` is a hash with
-- its own cost beside it (chat/passwords.ts).
create table accounts (
  person_id bigint primary key references people (id) on delete cascade,
  login text not null unique,
  password text not null,
  created_at timestamptz not null default now()
);
