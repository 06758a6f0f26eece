-- Up Migration

-- What members sign in with in place of a password. `id` is the credential's own, `public_key` is in
-- COSE's form, `counter` is the authenticator's: one that counts goes up at each use.
create table passkeys (
  id bytea primary key,
  person_id bigint not null references people (id) on delete cascade,
  public_key bytea not null,
  counter bigint not null,
  -- How a browser reaches the authenticator: `internal`, `usb` and so on.
  transports text[] not null default '{}',
  name text not null,
  created_at timestamptz not null default now(),
  used_at timestamptz
);
create index passkeys_person on passkeys (person_id);

-- What an authenticator is asked to sign, good for one answer at any instance. A new passkey is for
-- the person who asked; who signs in is nobody yet.
create table passkey_challenges (
  challenge bytea primary key,
  person_id bigint references people (id) on delete cascade,
  expires_at timestamptz not null
);
create index passkey_challenges_expiry on passkey_challenges (expires_at);
