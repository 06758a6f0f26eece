-- A person's sessions, for ending them all and for removing the person.
create index concurrently if not exists sessions_person on sessions (person_id)
