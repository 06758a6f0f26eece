import type { Pool, PoolClient } from 'pg'
import type { Transact } from '../chat/sql.ts'

/**
 * Runs statements as one transaction on a connection of a pool. All of them are sent without
 * waiting for an answer in between: on a pool of `pipeline` clients that is one round trip, so
 * that no lock is held while the client thinks. Other clients send them one after another.
 *
 * Rejects with the first error; what comes after it fails only because of it.
 */
export function transactOn(pool: Pool): Transact {
  return async (statements) => {
    const client = await pool.connect()
    const answers = await Promise.allSettled(
      together(client, () => [
        // Each statement sees what was committed before it, whatever the database's default is.
        client.query('begin isolation level read committed'),
        ...statements.map(({ text, values }) => client.query(text, values)),
        client.query('commit'),
      ]),
    )
    // A connection that did not answer to the end may still be in the transaction: it is ended.
    client.release(answers.at(-1)?.status !== 'fulfilled')
    return answers.map(rowsOf).slice(1, -1)
  }
}

/** What pg sends on; other clients have none. */
type Sending = { connection?: { stream?: { cork?(): void; uncork?(): void } } }

/** Sends what is sent here in one piece: each by itself would wake the database once more. */
function together<Sent>(client: PoolClient, send: () => Sent): Sent {
  const stream = (client as unknown as Sending).connection?.stream
  stream?.cork?.()
  try {
    return send()
  } finally {
    stream?.uncork?.()
  }
}

function rowsOf(answer: PromiseSettledResult<{ rows: object[] }>): object[] {
  if (answer.status === 'rejected') throw answer.reason
  return answer.value.rows
}
