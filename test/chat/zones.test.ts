/** When a day begins, where somebody is. */
import * as assert from 'uvu/assert'
import { dayOf, isZone, timeOf } from '../../handlers/chat/days.ts'
import { chance } from '../random.ts'
import { suite } from '../suite.ts'

const test = suite('days by the clock of a place')

test('a day begins at the midnight of its zone, also where the clock is changed then', () => {
  const days: [day: string, zone: string, begins: string][] = [
    ['2026-03-31', 'UTC', '2026-03-31T00:00:00.000Z'],
    ['2026-03-31', 'Asia/Kolkata', '2026-03-30T18:30:00.000Z'],
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
    ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
    ['2026-11-03', 'Pacific/Kiritimati', '2026-11-02T10:00:00.000Z'],
    // It had no midnight.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['0000-01-01', 'Asia/Tokyo', '0000-01-01T00:00:00.000Z'],
  ]
  for (const [day, zone, begins] of days) assert.is(dayOf(day, zone)?.toISOString(), begins, zone)
})

test('at its beginning every clock shows that day', () => {
  const random = chance('zones')
  const zones = Intl.supportedValuesOf('timeZone')
  for (let many = 0; many < 3_000; many++) {
    const zone = random.pick(zones)
    const day = new Date(Date.UTC(1990, 0, random.int(1, 20_000))).toISOString().slice(0, 10)
    const shown = new Intl.DateTimeFormat('sv', { timeZone: zone }).format(dayOf(day, zone) ?? 0)
    assert.is(shown, day, zone)
  }
})

test('what is no day, no time or no zone is none', () => {
  for (const none of [
    '',
    'today',
    '2026-02-30',
    '2026-3-1',
    '2026-03-31T25:00Z',
    '2026-03-31T10:00',
  ])
    assert.is(timeOf(none), null, none)
  for (const none of ['', 'x', 'Middle/Earth', '../etc', 'a'.repeat(65)]) assert.not(isZone(none))
})

test.run()
