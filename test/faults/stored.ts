/** What the database holds of a room, compared with what was said there. */
import type { Acknowledged } from './posts.ts'
import { sql } from './stack.ts'

type Row = { n: number; nonce: string }

/**
 * Whether a room's numbers have no gap, and each message is stored once under the number that its
 * sender was told.
 * @returns what is wrong, a line each; none when all is well
 */
export async function wrongInDatabase(room: string, said: Acknowledged[]): Promise<string[]> {
  const of = `from rooms r join`
  const [heads = '', messages = '[]'] = (
    await sql(
      `select last_seq, count(seq), min(seq), max(seq) ${of} log on room_id = r.id where slug = '${room}' group by last_seq`,
      `select json_agg(json_build_object('n', n, 'nonce', nonce)) ${of} messages on room_id = r.id where slug = '${room}'`,
    )
  ).split('\n')
  const [head, count, first, last] = heads.split('|').map(Number)
  const wrong: string[] = []
  if (count !== head || first !== 1 || last !== head) {
    wrong.push(`${room} stands at ${head}, its log holds ${count} events from ${first} to ${last}`)
  }
  return [...wrong, ...differences(JSON.parse(messages) as Row[], said)]
}

function differences(rows: Row[], said: Acknowledged[]): string[] {
  const stored = new Map<string, number[]>()
  for (const { n, nonce } of rows) stored.set(nonce, [...(stored.get(nonce) ?? []), n])
  return said.flatMap(({ nonce, n }) => {
    const numbers = stored.get(nonce) ?? []
    if (numbers.length === 1 && numbers[0] === n) return []
    return [`${nonce} was acknowledged as ${n}; stored: ${numbers.join(', ') || 'not at all'}`]
  })
}
