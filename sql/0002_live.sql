-- Up Migration

-- The server-wide log: what an instance must learn to forget what it remembers of people. Numbered
-- as a room's log is, under the lock of the one row of `server`.
alter table server add column last_seq bigint not null default 0;

create table server_log (
  seq bigint primary key,
  type text not null,
  person_id bigint,
  at timestamptz not null default now()
);
