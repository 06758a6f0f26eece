/**
 * Imports one test file for uvu, which would otherwise give up all files when one of them cannot be
 * imported. The file is named in this module's own address, `?file=…`; a failure is told to the
 * runner.
 */
import { pathToFileURL } from 'node:url'
import { fail, now, suites, within } from './record.ts'

const file = new URL(import.meta.url).searchParams.get('file') ?? ''
const name = new URL(import.meta.url).searchParams.get('name') ?? ''

now.file = name
try {
  await within(`the import of ${name}`, now.limit_s, () => import(pathToFileURL(file).href))
  if (!suites.some((suite) => suite.file === name)) fail(name, 'it makes no suite')
} catch (error) {
  fail(name, error)
}
