-- Up Migration

-- How many messages were posted in a room, and the transaction that last moved its log. `moved`
-- has no index: then a post's update of its room could not stay on the row's page (HOT).
alter table rooms
  add column messages bigint not null default 0,
  add column moved xid8;

-- Every event until now was a message.
update rooms set messages = last_seq;

-- Instances of the version before know nothing of the two: while they still run, their posts are
-- counted here. Who keeps the columns passes by.
create function rooms_moved_unawares() returns trigger language plpgsql as $$
begin
  new.messages := old.messages + new.last_seq - old.last_seq;
  new.moved := pg_current_xact_id();
  return new;
end
$$;

create trigger rooms_moved_unawares before update of last_seq on rooms
  for each row when (new.last_seq > old.last_seq and new.moved is distinct from pg_current_xact_id())
  execute function rooms_moved_unawares();

-- Whoever stores an event has locked its room, and so knows that it is there. To look it up for each
-- row once more was a quarter of what a post cost. What the keys did besides, a trigger does: a room
-- takes its talk with it.
alter table messages drop constraint messages_room_id_fkey;
alter table log drop constraint log_room_id_fkey;

create function rooms_take_talk() returns trigger language plpgsql as $$
begin
  delete from messages where room_id = old.id;
  delete from log where room_id = old.id;
  return null;
end
$$;

create trigger rooms_take_talk after delete on rooms
  for each row execute function rooms_take_talk();

-- The server-wide log: what an instance must learn to forget what it remembers of people. Numbered
-- as a room's log is, under the lock of the one row of `server`.
alter table server add column last_seq bigint not null default 0;

create table server_log (
  seq bigint primary key,
  type text not null,
  person_id bigint,
  at timestamptz not null default now()
);
