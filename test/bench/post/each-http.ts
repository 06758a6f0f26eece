/** One transaction for each post, behind a small Hono server that knows nobody. */
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { openStore } from './one-each.ts'

const store = await openStore()
const app = new Hono()
app.post('/r/:room/messages', async (c) => {
  const { body, nonce } = await c.req.json()
  const n = await store(c.req.param('room'), { body, nonce })
  return c.json({ n, body }, 201)
})

process.once('disconnect', () => process.exit())
const server = createAdaptorServer({ fetch: app.fetch })
server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () => {
  process.send?.((server.address() as AddressInfo).port)
})
