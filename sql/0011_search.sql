-- Up Migration

-- What can be searched for: the words of each message, kept up apart from posting, which knows nothing
-- of it (chat/search/catch-up.ts). Behind it by a second or so; what is found is looked at once more
-- in messages, so that nothing deleted or changed meanwhile is shown.
create table search (
  room_id bigint not null,
  n bigint not null,
  at timestamptz not null,
  -- Of the message that the words are of.
  version integer not null,
  -- Of the way in which they were made (`search_state`).
  edition smallint not null,
  -- With what is asked for by operators as words that begin with a blank, which no text has:
  -- ` a7` is the author, ` fann` a word of their name (` n😀` a name without words), ` hlink` that there is a link.
  words tsvector not null,
  primary key (room_id, n)
);
create index search_at on search (at, room_id, n);
-- New rows wait in a short list, since many at once are put in at a third of the cost; each search reads the
-- list, so it is short.
create index search_gin on search using gin (words) with (gin_pending_list_limit = 256);

-- How far each room is: events up to `seq` are in, messages up to `past` are still to be gone through.
create table search_rooms (
  room_id bigint primary key,
  seq bigint not null,
  past bigint not null
);

-- The words of each room, to find words by parts of them. By room, since even which words there are is
-- nobody's business who may not read them.
create table search_words (
  room_id bigint not null,
  word text collate "C" not null,
  primary key (room_id, word)
);

-- One row.
create table search_state (
  only_row boolean primary key default true check (only_row),
  -- Stems of this language are in, beside the words as they are. `simple` has none.
  language text not null default 'simple',
  edition smallint not null default 1,
  -- How far it was looked for words that are in no message any more.
  swept_room bigint not null default 0,
  swept_word text collate "C" not null default ''
);
insert into search_state default values;

-- Words by any part of them, where the database has the extension and lets us make it. Whoever makes it
-- later gets the index at the next start. Says whether it is there.
create function search_parts() returns boolean language plpgsql as $$
begin
  if to_regclass('search_words_parts') is null then
    create extension if not exists pg_trgm;
    create index if not exists search_words_parts on search_words using gin (word gin_trgm_ops);
  end if;
  return true;
exception when others then
  return false;
end
$$;
select search_parts();

-- Messages that go for good take their words with them, and so do rooms.
create function messages_take_search() returns trigger language plpgsql as $$
begin
  delete from search s using gone where s.room_id = gone.room_id and s.n = gone.n;
  return null;
end
$$;
create trigger messages_take_search after delete on messages referencing old table as gone
  for each statement execute function messages_take_search();

create function rooms_take_search() returns trigger language plpgsql as $$
begin
  delete from search where room_id = old.id;
  delete from search_words where room_id = old.id;
  delete from search_rooms where room_id = old.id;
  return null;
end
$$;
create trigger rooms_take_search after delete on rooms
  for each row execute function rooms_take_search();
