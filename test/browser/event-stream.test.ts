import * as assert from 'uvu/assert'
import { streamEvent } from '../../handlers/pages/stream.ts'
import { createParser, type Event } from '../../public/natter/event-stream.js'
import { chance } from '../random.ts'
import { suite } from '../suite.ts'

const test = suite('reading an event stream')

/** What a parser takes from pieces that come one after the other. */
function taken(pieces: string[]): Event[] {
  const events: Event[] = []
  const parse = createParser((event) => events.push(event))
  for (const piece of pieces) parse(piece)
  return events
}

test('comments and what is not named are passed over, and an event may have several lines', () => {
  const text = 'retry: 2000\n:\n\n: beat\n\nid: a.1\ndata: one\ndata:two\ndata\n\nid: a.2\n\n'
  assert.equal(taken([text]), [
    { type: 'message', data: 'one\ntwo\n', id: 'a.1' },
    { type: 'message', data: '', id: 'a.2' },
  ])
})

test('an event that was cut off is none', () => {
  assert.equal(taken(['id: a.1\ndata: half of']), [])
  assert.equal(taken(['id: a.1\ndata: not yet\n']), [])
})

test('what the server writes is read as it was meant, wherever it is cut', () => {
  const { int, pick, oneIn } = chance('cut streams')
  const parts = ['<li>one</li>', '', ' ', ':', 'data: ', 'id: 9', 'ö', '{"a":1}', 'event']
  for (let round = 0; round < 300; round++) {
    const events: Event[] = Array.from({ length: int(1, 5) }, (_, index) => ({
      type: pick(['message', 'reset', 'room.head']),
      data: `x${Array.from({ length: int(1, 4) }, () => pick(parts)).join('\n')}`,
      id: oneIn(3) ? '' : `0123abcd.${index}`,
    }))
    const written = events.map(({ type, data, id }) =>
      streamEvent({ ...(id ? { id } : {}), ...(type === 'message' ? {} : { event: type }), data }),
    )
    let text = written.map((one) => (oneIn(2) ? `:\n\n${one}` : one)).join('')
    if (oneIn(2)) text = text.replaceAll('\n', '\r\n')
    const pieces: string[] = []
    while (text) {
      const length = int(1, 12)
      pieces.push(text.slice(0, length))
      text = text.slice(length)
    }
    assert.equal(taken(pieces), events)
  }
})

test.run()
