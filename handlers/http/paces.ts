import { limits } from '../limits.ts'
import { createPace, type Pace } from './pace.ts'

/**
 * How often one may do what costs others something: by address for who is nobody yet, by person for
 * everybody else.
 */
export type Paces = {
  /** Tries to sign in, from one address. */
  signIns: Pace
  guests: Pace
  accounts: Pace
  rooms: Pace
  links: Pace
  reports: Pace
}

/** What one address, and of rooms one person, may make in an hour. */
export type PerHour = { guests: number; accounts: number; rooms: number }

const HOUR_S = 3_600

/**
 * Kept in memory, by each instance for itself: a flood is to cost the database nothing, and nginx's
 * own limits, which are exact, stand before it.
 */
export function createPaces(perHour: PerHour): Paces {
  const hourly = (burst: number, what: string): Pace =>
    createPace(
      { perSecond: burst / HOUR_S, burst },
      (seconds) => `That were many ${what} at once. Try again in ${inWords(seconds)}.`,
    )
  const ofPlace = (pace: Pace): Pace => {
    // Where the runtime tells no address, all would count as one.
    return (place) => (place === '' ? Promise.resolve(null) : pace(place))
  }
  return {
    signIns: ofPlace(
      createPace(
        {
          perSecond: limits.signInsFromAddress / limits.signInsSeconds,
          burst: limits.signInsFromAddress,
        },
        (seconds) =>
          `There were many tries to sign in from where you are. Try again in ${inWords(seconds)}.`,
      ),
    ),
    guests: ofPlace(hourly(perHour.guests, 'new guests')),
    accounts: ofPlace(hourly(perHour.accounts, 'new accounts')),
    rooms: hourly(perHour.rooms, 'new rooms'),
    links: hourly(limits.linksPerHour, 'new links'),
    reports: hourly(limits.reportsPerHour, 'reports'),
  }
}

const inWords = (seconds: number): string =>
  seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`
