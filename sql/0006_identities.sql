-- Up Migration

-- What somebody is known by elsewhere: at an OpenID Connect provider (`issuer` is its address), or at
-- the proxy in front that says who asks (`issuer` is the word "header").
create table identities (
  issuer text not null,
  subject text not null,
  person_id bigint not null references people (id) on delete cascade,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  primary key (issuer, subject)
);
create index identities_person on identities (person_id);
