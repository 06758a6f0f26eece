/** One transaction for each post, without HTTP: what the database itself gives to such senders. */
import { randomUUID } from 'node:crypto'
import { textOf } from '../waiters/marks.ts'
import { openStore } from './one-each.ts'
import type { Order } from './order.ts'
import { work } from './sending.ts'

work<Order>(async ({ senders }) => {
  const store = await openStore()
  let number = 100_000
  const send = async (room: string) => {
    await store(room, { body: textOf(number++), nonce: randomUUID() })
  }
  return Array.from({ length: senders }, () => send)
})
