/** The floor: what the same way takes without a browser on either side. */
import { createGuest } from '../kit/guest.ts'

/**
 * Two guests in a room of their own, one of whom waits.
 * @returns a function that posts one message and gives the milliseconds until the other has it
 */
export async function bareExchange(baseUrl: string, word: string): Promise<() => Promise<number>> {
  const [writer, reader] = [await createGuest(baseUrl, 'Cas'), await createGuest(baseUrl, 'Dee')]
  const room = await writer.makeRoom(`Bare ${word}`)
  let answer = reader.wait(room, await reader.live(room), 25)
  let n = 0
  return async () => {
    const sent_ms = performance.now()
    const [waited] = await Promise.all([answer, writer.post(room, `bare ${++n}`)])
    const taken_ms = performance.now() - sent_ms
    answer = reader.wait(room, waited.next, 25)
    return taken_ms
  }
}
