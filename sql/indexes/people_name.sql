-- People by their names, for whom a text names.
create index concurrently if not exists people_name on people (lower(name))
