-- Up Migration

-- How far somebody has read a room: what has this number or a lower one. Whoever reads an open room and
-- never writes there has no row in members, and one here.
create table read_markers (
  person_id bigint not null references people (id) on delete cascade,
  room_id bigint not null references rooms (id) on delete cascade,
  n bigint not null,
  -- The transaction that moved it last, as in rooms: what a device has not been told of is what its
  -- snapshot does not see.
  moved xid8 not null,
  -- When it was last set back on purpose; what was read before that does not move it on again.
  turned_at timestamptz,
  primary key (person_id, room_id)
);

create index read_markers_moved on read_markers (moved);

-- What was said before there were markers counts as read.
insert into read_markers (person_id, room_id, n, moved)
select m.person_id, m.room_id, r.last_seq, '3' from members m join rooms r on r.id = m.room_id;
