import { type Deleted, type Deletion, deletions } from './deletion.ts'
import { type Joined, type Joining, joinings } from './joining.ts'
import type { Kind } from './kind.ts'
import {
  type Departure,
  departures,
  type Membership,
  memberships,
  type Placed,
} from './membership.ts'
import { type Post, type Posted, posts } from './post.ts'
import { type Settings, type Settled, settings } from './settings.ts'

/** The ways in which rooms' logs change: what is asked for, and what becomes of it. */
type Kinds = {
  post: [Post, Posted]
  deletion: [Deletion, Deleted]
  settings: [Settings, Settled]
  membership: [Membership, Placed]
  departure: [Departure, Placed]
  joining: [Joining, Joined]
}

export type KindName = keyof Kinds
export type ChangeOf<Name extends KindName> = Kinds[Name][0]
export type OutcomeOf<Name extends KindName> = Kinds[Name][1]

/** What changes a room's log, and what becomes of it. */
export type Change = ChangeOf<KindName>
export type Outcome = OutcomeOf<KindName>

export const kinds: { [Name in KindName]: Kind<ChangeOf<Name>, OutcomeOf<Name>> } = {
  post: posts,
  deletion: deletions,
  settings,
  membership: memberships,
  departure: departures,
  joining: joinings,
}
