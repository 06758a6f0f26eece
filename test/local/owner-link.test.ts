import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readConfig } from '../../handlers/config.ts'
import { addressFor } from '../../handlers/operator.ts'
import { suite } from '../suite.ts'
import { cleanUp, lastingFolder, printed, type Spawned, serverOf, spawned, started } from './kit.ts'

const test = suite('npm run owner-link')

const LINK = /link=(\S+)\/enter\/([\w-]{43})$/m

let home = ''
let removeHome = async () => {}

test.before(async () => {
  const lasting = await lastingFolder()
  home = lasting.folder
  removeHome = lasting.remove
})
test.after.each(cleanUp)
test.after(() => removeHome())

const run = (entry: string, env: Record<string, string> = {}, args: string[] = []): Spawned =>
  spawned(`handlers/${entry}.ts`, args, { NATTER_DATA: home, ...env })

/** The address that a link was printed for, and its token. */
function linkIn(output: string): [address: string, token: string] {
  const [, address = '', token = ''] = LINK.exec(output) ?? []
  assert.ok(token, output)
  return [address, token]
}

async function printedBy(program: Spawned): Promise<[address: string, token: string]> {
  assert.is(await program.ended, 0, program.output())
  return linkIn(program.output())
}

const enter = (url: string, token: string, json: object) =>
  fetch(`${url}/enter/${token}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(json),
  })

const somebody = (name: string) => ({ name, password: 'a few plain words' })

test('makes a link before the first start, and leaves nothing running', async () => {
  const env = { PORT: '21030' }
  const [address] = await printedBy(run('local/owner-link', env))
  assert.is(address, 'http://localhost:21030')
  assert.is(await serverOf(join(home, 'postgres')), undefined)
})

test('makes one beside a running server: the first owner’s, and then another owner’s', async () => {
  const env = { PORT: '21031', NATTER_URL: 'https://chat.example.org/' }
  const natter = run('local/start', env)
  const [address, first] = linkIn(await printed(natter, LINK))
  assert.is(address, 'https://chat.example.org')
  const [, beside] = await printedBy(run('local/owner-link', env))

  const url = 'http://localhost:21031'
  const answer = await enter(url, beside, somebody('Olga'))
  assert.is(answer.status, 201)
  assert.is((await answer.json()).kind, 'owner')
  assert.is((await enter(url, first, somebody('Late'))).status, 404)

  const [, another] = await printedBy(run('local/owner-link', env))
  assert.is((await enter(url, another, somebody('Otto'))).status, 201)
  natter.child.kill('SIGTERM')
  assert.is(await natter.ended, 0)
  for (const token of [first, beside, another]) {
    assert.is(natter.output().split(token).length - 1, token === first ? 1 : 0, 'printed once')
  }

  const again = run('local/start', { PORT: '21031' })
  // After the line that a link would have stood in.
  assert.not.match(await printed(again, /doorbell listening/), LINK)
  again.child.kill('SIGTERM')
  assert.is(await again.ended, 0)
  assert.not.match(again.output(), LINK)
})

test('the backend alone prints one as well, for where its proxy is', async () => {
  const { env } = await started(home)
  const program = run('node', { ...env, NATTER_PORT: '0.0.0.0:9000' }, ['owner-link'])
  const [address] = await printedBy(program)
  assert.is(address, 'http://localhost:9000')
})

const published: [port: string, address: string][] = [
  ['9000', 'http://localhost:9000'],
  ['0.0.0.0:9000', 'http://localhost:9000'],
  ['192.0.2.7:80', 'http://192.0.2.7:80'],
]

test('the address is the one that the proxy is published at', () => {
  for (const [port, address] of published) {
    assert.is(addressFor(readConfig({ NATTER_PORT: port }), 3000), address)
  }
})

test('an address that is none is refused', () => {
  for (const wrong of ['chat.example.org', 'ftp://x', 'https://x/chat', 'https://u:p@x', 'x:y']) {
    assert.throws(() => readConfig({ NATTER_URL: wrong }), /^NATTER_URL is /)
  }
})

test.run()
