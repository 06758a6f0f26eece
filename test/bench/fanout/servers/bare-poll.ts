/**
 * The floor of the long poll: holds requests and answers them all. It knows nobody, stores nothing,
 * and of a request it reads the cursor alone.
 */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { serve } from './publishing.ts'
import { cursorOf, type Sample, textFor } from './sample.ts'

type Answer = { headers: OutgoingHttpHeaders; body: string }

/** What Natter answers to one who missed these numbers. */
function answerOf(sample: Sample, numbers: readonly number[]): Answer {
  const { headers, body } = sample.poll
  const text = numbers.map((number) => textFor(sample, body, number)).join('')
  const link = headers.link?.replace(sample.cursor, cursorOf(sample, numbers.at(-1) ?? 0))
  return { headers: { ...headers, link, 'content-length': Buffer.byteLength(text) }, body: text }
}

serve((sample) => {
  const numbers: number[] = []
  let waiting: ServerResponse[] = []
  /** The answer for each cursor from which something was missed, made once. */
  let late = new Map<number, Answer>()
  const missedSince = (after: number): Answer => {
    const made =
      late.get(after) ??
      answerOf(
        sample,
        numbers.filter((number) => number > after),
      )
    late.set(after, made)
    return made
  }
  return {
    publish(number) {
      numbers.push(number)
      late = new Map()
      const { headers, body } = answerOf(sample, [number])
      const all = waiting
      waiting = []
      for (const response of all) response.writeHead(200, headers).end(body)
    },
    ask(request, response) {
      const after = Number(/after=[\w-]+\.(\d+)/.exec(request.url ?? '')?.[1])
      if (after >= (numbers.at(-1) ?? 0)) {
        waiting.push(response)
        return
      }
      const { headers, body } = missedSince(after)
      response.writeHead(200, headers).end(body)
    },
  }
})
