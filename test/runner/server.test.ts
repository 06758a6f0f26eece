import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { run } from './spawned.ts'

const test = suite('the server of a run')

test('is started for the layers that ask one, and stopped at the end', async () => {
  const { output, closing } = await run(['--verbose', 'ready-server'])
  assert.is(closing, '1 passed, 0 failed', output)
  const [, address = ''] = /asked (http\S+)\./.exec(output) ?? []
  await refuses(address)
})

test('is the one at BASE_URL when that is set, once it is ready', async () => {
  let asked = 0
  const server = createServer((_, response) => {
    asked++
    response.writeHead(asked > 2 ? 200 : 503).end()
  })
  await once(server.listen(0), 'listening')
  const address = `http://localhost:${(server.address() as AddressInfo).port}`
  const { output, closing } = await run(['--verbose', 'ready-server'], { BASE_URL: address })
  server.close()
  assert.is(closing, '1 passed, 0 failed', output)
  assert.match(output, `asked ${address}.`)
  assert.ok(asked > 2)
})

test('fails the layer when it does not start, and is quoted', async () => {
  const { code, output, closing } = await run(['--no-retry', 'ready-server'], {
    LOG_FORMAT: 'verse',
  })
  assert.match(output, /stack could not begin: [\s\S]*LOG_FORMAT is "verse"/)
  assert.is(closing, '0 passed, 1 failed')
  assert.is(code, 1)
})

test('is quoted when a test of its layer fails', async () => {
  const { output, closing } = await run(['--no-retry', 'failing-request'])
  assert.match(output, /The server said last:\n.*\S/)
  assert.is(closing, '0 passed, 1 failed')
})

async function refuses(address: string): Promise<void> {
  try {
    await fetch(address)
  } catch {
    return
  }
  assert.unreachable(`${address} still answers`)
}

test.run()
