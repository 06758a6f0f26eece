-- Up Migration

-- Whether others are told that somebody has a room open, and that they type.
alter table people add column hints boolean not null default true;
