const inUtc = 'UTC'
const zoneChars = 64

/** The longest name in use has 32 characters: https://www.iana.org/time-zones. */
export function isZone(name: string): boolean {
  return name.length <= zoneChars && clockIn(name) !== null
}

/**
 * The beginning of a day.
 * @param zone where, as the time zone database names it: one that `isZone` knows.
 * @returns null for what is no day.
 */
export function dayOf(text: string, zone = inUtc): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const day = new Date(`${text}T00:00:00Z`)
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text) return null
  return zone === inUtc ? day : midnightIn(zone, day)
}

/** A day's beginning in UTC, or a time as ISO 8601 has it, with where it is told from; null for neither. */
export function timeOf(text: string): Date | null {
  const day = dayOf(text.slice(0, 10))
  if (!day || text.length === 10) return day
  if (!/^.{10}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? null : time
}

/** How a clock in a zone is read; null where there is no such zone. */
function clockIn(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('sv', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'medium',
    })
  } catch {
    return null
  }
}

/** When a day begins in a zone, of a day that is given by its midnight in UTC. */
function midnightIn(zone: string, day: Date): Date {
  const clock = clockIn(zone)
  if (!clock) throw new RangeError('There is no such time zone.')
  const reading = (at: Date) => `${clock.format(at).replace(' ', 'T')}Z`
  // Of a year of less than four digits no clock is read: there were no zones then.
  const ahead_ms = (at: Date) => (Date.parse(reading(at)) || at.getTime()) - at.getTime()
  const near = new Date(day.getTime() - ahead_ms(day))
  // The clock may have been changed between.
  const begin = new Date(day.getTime() - ahead_ms(near))
  // Where it is put forward at midnight there is none, and the day begins an hour later.
  return begin.getTime() + ahead_ms(begin) < day.getTime() ? near : begin
}
