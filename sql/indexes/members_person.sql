-- The rooms that somebody is in.
create index concurrently if not exists members_person on members (person_id)
