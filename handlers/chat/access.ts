/** What somebody is in a room, from the least to the most. */
export const roles = ['reader', 'member', 'moderator', 'owner'] as const
export type Role = (typeof roles)[number]

/** Who may enter the server: everybody, guests by link alone, or accounts alone. */
export type EntryPolicy = 'open' | 'invited' | 'members'

/** As what somebody stands in a room that they may see. */
export type Standing = {
  /** Null for a visitor, who reads. */
  role: Role | null
  /** Whether they are among the room's people, and did not merely come in. */
  isIn: boolean
  /** They see what has a later number alone; 0 for all of it. */
  floor: number
  level: Level
}

/** What somebody wants to be told of a room. */
export const levels = ['everything', 'mentions', 'nothing'] as const
export type Level = (typeof levels)[number]

/** Whether a role is one or more than one. */
export const isAtLeast = (role: Role | null, least: Role): boolean =>
  role !== null && roles.indexOf(role) >= roles.indexOf(least)

/**
 * Whether somebody may see a room, in SQL: the one place that says so. It speaks of `p` (people),
 * `r` (rooms), `m` (their row in members) and `pol` (policy); `p` and `m` may be rows of nulls. The
 * policy is asked for with `limit 1`: the planner takes a table that was never analysed for one of
 * many rows, finds a batch dear enough to be compiled (JIT), and that takes half a second.
 *
 * Somebody banned sees nothing. Accounts see open rooms, and closed ones that they are in. Guests do
 * so where the server is open; where one comes by link alone, they see the rooms that they were let
 * into. The server's owner sees no closed room that they are not in, and is kept out of no open one.
 */
export const seesRoom = `(case
    when r.id is null or p.banned_at is not null then false
    when (p.kind is distinct from 'owner' or r.visibility <> 'open') and exists
      (select from room_bans b where b.room_id = r.id and b.person_id = p.id) then false
    when p.kind in ('member', 'owner') then r.visibility = 'open' or m.person_id is not null
    when pol.entry = 'members' then false
    when m.person_id is not null then m.invited or pol.entry = 'open'
    else r.visibility = 'open' and pol.entry = 'open'
  end)`

/** As what somebody stands in a room that they see, in SQL, of the same names. */
export const roleIn = `(case
    when p.id is null then null
    when p.kind = 'owner' and r.direct is null then 'owner'
    else coalesce(m.role, 'member')
  end)`

/**
 * Whether a link `l` is still good for whoever holds it as far as its maker goes, in SQL: a moderator who
 * is one no more has let nobody in. `maker` is their row in people.
 */
export const makerModerates = `(maker.banned_at is null and (
    exists (select from members k where k.room_id = l.room_id and k.person_id = l.by_id
               and k.role in ('moderator', 'owner'))
    or (maker.kind = 'owner' and exists
         (select from rooms o where o.id = l.room_id and o.visibility = 'open'))))`

/** Whether somebody may enter the server at all, whatever room they ask for. */
export const isAdmitted = (kind: 'visitor' | 'guest' | 'member' | 'owner', entry: EntryPolicy) =>
  entry === 'open' ||
  kind === 'member' ||
  kind === 'owner' ||
  (kind === 'guest' && entry === 'invited')
