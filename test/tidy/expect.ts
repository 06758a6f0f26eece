/** What the tests of the rules assert. */
import * as assert from 'uvu/assert'
import type { Finding } from './source.ts'

/** Fails with a line for each place where a rule is broken. */
export function none(findings: Finding[]): void {
  const lines = findings.map(({ path, line, says }) => `${path}:${line}: ${says}`)
  if (lines.length === 0) return
  const error = new Error(`broken at\n      ${lines.join('\n      ')}`)
  // The way through the harness says nothing here, and would print the message once more.
  error.stack = 'Error: a rule is broken'
  throw error
}

/**
 * Fails unless a rule finds exactly these places in a sample.
 * @param places `path:line` in the order of the files
 */
export function found(findings: Finding[], places: string[]): void {
  const lines = findings.map(({ path, line }) => `${path}:${line}`)
  assert.equal([...new Set(lines)].sort(), [...places].sort())
}
