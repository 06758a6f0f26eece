-- Up Migration

-- How far a room's log has gone: what has this number or a lower one is not kept any more.
alter table rooms add column first_seq bigint not null default 0;
