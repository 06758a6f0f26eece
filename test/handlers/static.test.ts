/** The static files of a server that runs without a proxy. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import * as assert from 'uvu/assert'
import { withStaticFiles } from '../../handlers/static.ts'
import { suite } from '../suite.ts'

const test = suite('static files')

test('a file is read once, compressed for those who take it, and read again when it changes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'natter-static-'))
  const file = join(folder, 'natter/script.js')
  const app = withStaticFiles(new Hono(), folder)
  const ask = (headers = {}) => app.request('/natter/script.js', { headers })
  const text = 'const a = 1\n'.repeat(200)
  try {
    await mkdir(join(folder, 'natter'))
    for (const written of [text, `${text}// changed`]) {
      await writeFile(file, written)
      const etags = new Set<string | null>()
      for (const _ of ['from the file', 'as it is kept']) {
        const plain = await ask()
        const etag = plain.headers.get('etag') ?? ''
        assert.is(await plain.text(), written)
        assert.is(plain.headers.get('cache-control'), 'no-cache')
        const zipped = await ask({ 'accept-encoding': 'gzip, br' })
        assert.is(zipped.headers.get('content-encoding'), 'gzip')
        const body = zipped.body?.pipeThrough(new DecompressionStream('gzip'))
        assert.is(await new Response(body).text(), written)
        const again = await ask({ 'if-none-match': `"other", W/${etag}` })
        assert.is(again.status, 304)
        etags.add(etag)
      }
      assert.is(etags.size, 1)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  assert.is((await ask()).status, 404)
})

test.run()
