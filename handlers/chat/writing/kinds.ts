import { type Deletion, deletions } from './deletion.ts'
import { type Edit, edits } from './edit.ts'
import { type Joined, type Joining, joinings } from './joining.ts'
import type { Kind } from './kind.ts'
import {
  type Departure,
  departures,
  type Membership,
  memberships,
  type Placed,
} from './membership.ts'
import type { Acted } from './message-act.ts'
import { type Pinning, pins } from './pin.ts'
import { type Post, type Posted, posts } from './post.ts'
import { type Reacting, reactions } from './reaction.ts'
import { type Restoration, restorations } from './restoration.ts'
import { type Settings, type Settled, settings } from './settings.ts'

/** The ways in which rooms' logs change: what is asked for, and what becomes of it. */
type Kinds = {
  post: [Post, Posted]
  edit: [Edit, Acted]
  deletion: [Deletion, Acted]
  restoration: [Restoration, Acted]
  reaction: [Reacting, Acted]
  pin: [Pinning, Acted]
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
  edit: edits,
  deletion: deletions,
  restoration: restorations,
  reaction: reactions,
  pin: pins,
  settings,
  membership: memberships,
  departure: departures,
  joining: joinings,
}
