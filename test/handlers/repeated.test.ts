import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as assert from 'uvu/assert'
import { RepeatedRequest } from '../../handlers/direct/request.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { head, type Line, say } from './wire.ts'

const test = suite('requests that come again on a connection')

let server: Server
let line: Line
const requests: IncomingMessage[] = []

test.before.each(async () => {
  requests.length = 0
  server = createServer({ IncomingMessage: RepeatedRequest }, (incoming, response) => {
    requests.push(incoming)
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  line = await say((server.address() as AddressInfo).port)
})
test.after.each(async () => {
  line.socket.destroy()
  server.close()
  await once(server, 'close')
})

const request = (headers: Record<string, string> = {}) => head('/', headers)

const asked = async (bytes: string) => {
  const before = requests.length
  line.socket.write(bytes)
  await until(() => requests.length > before)
  return requests.at(-1) as IncomingMessage
}

test('the same headers are read once', async () => {
  const first = await asked(request({ cookie: 'one', accept: '*/*' }))
  const second = await asked(request({ cookie: 'one', accept: '*/*' }))
  assert.is.not(first, second)
  assert.is(second.headers, first.headers)
  assert.equal({ ...second.headers }, { host: 'localhost', cookie: 'one', accept: '*/*' })
})

test('headers of which a single letter differs are read anew', async () => {
  await asked(request({ cookie: 'one' }))
  const other = await asked(request({ cookie: 'onE' }))
  assert.is(other.headers.cookie, 'onE')
  const fewer = await asked(request())
  assert.is(fewer.headers.cookie, undefined)
  const again = await asked(request({ cookie: 'one' }))
  assert.is(again.headers.cookie, 'one')
})

test('requests that come at once keep their own headers', async () => {
  line.socket.write(
    request({ cookie: 'one' }) + request({ cookie: 'two' }) + request({ cookie: 'one' }),
  )
  await until(() => requests.length === 3)
  const cookies = () => requests.map(({ headers }) => headers.cookie)
  assert.equal(cookies(), ['one', 'two', 'one'])
  assert.equal(cookies().reverse(), ['one', 'two', 'one'])
})

test('nobody can put a header where the next request would find it', async () => {
  const first = await asked(request({ cookie: 'one' }))
  assert.throws(() => {
    first.headers.cookie = 'another'
  }, /read only/)
  assert.is((await asked(request({ cookie: 'one' }))).headers.cookie, 'one')
})

test('what Node asks of a request is asked of each: a host', async () => {
  await asked(request())
  line.socket.write('GET / HTTP/1.1\r\naccept: */*\r\n\r\n')
  await until(() => line.text().includes('400 Bad Request'))
  assert.is(requests.length, 1)
})

test.run()
