/** Where the handlers may print. */
import { isPropertyAccessExpression } from 'typescript/unstable/ast'
import { at, type Finding, type Source, walk } from './source.ts'

const places = ['handlers/ops/log.ts', 'handlers/migrate.ts', 'handlers/local/']

/** An entry may say why it does not start: then there is no log yet. */
const entries = ['handlers/node.ts', 'handlers/edge.ts']

/** Uses of `console` outside the log and the programs that talk to a person. */
export function printing(sources: Source[]): Finding[] {
  const findings: Finding[] = []
  for (const source of sources) {
    if (places.some((place) => source.path.startsWith(place))) continue
    walk(source.tree, (node) => {
      if (!isPropertyAccessExpression(node)) return
      if (node.expression.getText(source.tree) !== 'console') return
      if (entries.includes(source.path) && node.name.text === 'error') return
      findings.push(at(source, node, 'only ops/log.ts prints'))
    })
  }
  return findings
}
