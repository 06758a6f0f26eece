/** A room whose newest page is full, as a lobby is after a few days. */
import { createGuest } from '../kit/guest.ts'

const page_messages = 50
const words_max = 25

const words =
  'the a we you they when where about maybe later noon tomorrow coffee cake idea room door paper train music garden good late early new bring meet read write wait find'.split(
    ' ',
  )

/**
 * Makes the room, two people talking in it.
 * @returns its path
 */
export async function makeFullRoom(baseUrl: string): Promise<string> {
  const [ann, ben] = [await createGuest(baseUrl, 'Ann'), await createGuest(baseUrl, 'Ben')]
  const room = await ann.makeRoom(`Full ${Date.now().toString(36)}`)
  for (let n = 0; n < page_messages; n++) await (n % 3 ? ann : ben).post(room, sentence(n))
  return `/r/${room}`
}

/** The same each time for a number, and so unlike the others that it compresses as talk does. */
function sentence(n: number): string {
  const length = 3 + ((n * 7) % words_max)
  const said = Array.from(
    { length },
    (_, at) => words[(n * n * 31 + at * at * 17 + n * at) % words.length],
  )
  return `${said.join(' ')}.`
}
