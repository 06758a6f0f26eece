-- Up Migration

alter table messages
  -- The message that the thread began with which this one belongs to; null for what answers nothing.
  add column thread bigint,
  -- Whom and what its text names, as it was found when it was written (see chat/naming.ts).
  add column named jsonb,
  add column deleted_by bigint,
  add column pinned_at timestamptz,
  add column pinned_by bigint;

-- What a message said before it was edited: each version that is not the present one.
create table edits (
  room_id bigint not null,
  n bigint not null,
  version integer not null,
  body text not null,
  -- When it was written.
  at timestamptz not null,
  primary key (room_id, n, version)
);

-- The name is the one it was done under, as in messages.
create table reactions (
  room_id bigint not null,
  n bigint not null,
  emoji text not null,
  person_id bigint not null references people (id) on delete cascade,
  name text not null,
  at timestamptz not null default now(),
  primary key (room_id, n, emoji, person_id)
);

-- Who is named in which message; person 0 is everybody in the room.
create table mentions (
  room_id bigint not null,
  person_id bigint not null,
  n bigint not null,
  primary key (room_id, person_id, n)
);

-- What somebody keeps for later.
create table saved (
  person_id bigint not null references people (id) on delete cascade,
  room_id bigint not null,
  n bigint not null,
  at timestamptz not null default now(),
  primary key (person_id, room_id, n)
);

-- A message takes with it what hangs on it.
create function messages_take_theirs() returns trigger language plpgsql as $$
begin
  delete from edits e using gone g where e.room_id = g.room_id and e.n = g.n;
  delete from reactions e using gone g where e.room_id = g.room_id and e.n = g.n;
  delete from mentions e using gone g where e.room_id = g.room_id and e.n = g.n;
  delete from saved e using gone g where e.room_id = g.room_id and e.n = g.n;
  return null;
end
$$;

create trigger messages_take_theirs after delete on messages
  referencing old table as gone for each statement execute function messages_take_theirs();
