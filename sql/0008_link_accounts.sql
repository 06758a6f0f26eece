-- Up Migration

-- How many accounts were made with a link in hand: at most as many as it has uses.
alter table links add column accounts integer not null default 0;
