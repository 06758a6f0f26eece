// The entry of the tests: compiles them, then runs `test/run.ts` from the mirror.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compile } from './compile.mjs'

const mirror = await compile()
process.setSourceMapsEnabled(true)
await import(pathToFileURL(join(mirror, 'test/run.js')).href)
