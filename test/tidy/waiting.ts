/** Tests wait for a condition, never for a time, and take no longer than others. */
import {
  isCallExpression,
  isIdentifier,
  isImportDeclaration,
  isNumericLiteral,
  isPropertyAccessExpression,
  isStringLiteral,
  isVariableDeclaration,
  type Node,
} from 'typescript/unstable/ast'
import { at, type Finding, type Source, walk } from './source.ts'

/**
 * Where waiting is made of time: the helpers that look again, what stops a process that hangs, and
 * load that comes at a pace.
 */
const places: Record<string, string> = {
  'test/until.ts': 'looks again',
  'test/browser/wait.ts': 'looks again',
  'test/browser/people.ts': 'limits what hangs',
  'test/local/kit.ts': 'looks again',
  'test/runner/': 'limits what hangs',
  'test/bench/': 'measures time',
  'test/faults/': 'is load, and harm, that come at a pace',
  'test/live/model.test.ts': 'varies what comes between what, by a seed',
  'test/stack/access.test.ts': 'waits as long as a Retry-After says',
}

const says = 'a test waits for a condition (test/until.ts), never for a time'

/** Timers and sleeps in tests. */
export function timers(sources: Source[]): Finding[] {
  return sources
    .filter(({ path }) => !Object.keys(places).some((place) => path.startsWith(place)))
    .flatMap((source) => {
      const findings: Finding[] = []
      walk(source.tree, (node) => {
        if (waits(node)) findings.push(at(source, node, says))
      })
      return findings
    })
}

function waits(node: Node): boolean {
  if (isImportDeclaration(node)) {
    return (
      isStringLiteral(node.moduleSpecifier) && node.moduleSpecifier.text === 'node:timers/promises'
    )
  }
  if (!isCallExpression(node)) return false
  const { expression } = node
  if (isIdentifier(expression)) return expression.text === 'setTimeout'
  return isPropertyAccessExpression(expression) && expression.name.text === 'waitForTimeout'
}

/** The most seconds that a test may ask for: the runner's own limit. */
const limit_s_max = 60

/** Suites that take more time for their tests than others have, by a number or by a `limit_s`. */
export function raisedLimits(sources: Source[]): Finding[] {
  const findings: Finding[] = []
  for (const source of sources) {
    // Each of its tests watches a stack of containers recover.
    if (source.path.startsWith('test/faults/')) continue
    walk(source.tree, (node) => {
      if (!limitsOf(node).some((one) => isNumericLiteral(one) && Number(one.text) > limit_s_max))
        return
      findings.push(at(source, node, `a test has ${limit_s_max} s: make it faster`))
    })
  }
  return findings
}

/** The expressions by which a suite may be given its limit. */
function limitsOf(node: Node): readonly Node[] {
  if (isVariableDeclaration(node) && node.name.getText() === 'limit_s') {
    return node.initializer ? [node.initializer] : []
  }
  if (!isCallExpression(node) || !isIdentifier(node.expression)) return []
  return ['suite', 'people'].includes(node.expression.text) ? node.arguments : []
}
