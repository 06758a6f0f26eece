/** What a strict Content-Security-Policy refuses in the scripts of `public/`. */
import { isCallExpression, isNewExpression, type Node } from 'typescript/unstable/ast'
import { at, type Finding, literal, type Source, walk } from './source.ts'

/** Scripts that evaluate text, or write an inline style or handler. */
export function scriptFaults(sources: Source[]): Finding[] {
  const findings: Finding[] = []
  for (const source of sources) {
    walk(source.tree, (node) => {
      if (!isCallExpression(node) && !isNewExpression(node)) return
      const says = callFault(node.expression.getText(source.tree), node.arguments?.[0])
      if (says) findings.push(at(source, node, says))
    })
  }
  return findings
}

function callFault(callee: string, argument: Node | undefined): string | undefined {
  const text = argument && literal(argument)
  if (/^((window|globalThis|self)\.)?(eval|Function)$/.test(callee))
    return `${callee} evaluates text`
  if (text === undefined) return undefined
  if (/(^|\.)set(Timeout|Interval)$/.test(callee)) return `${callee} evaluates text`
  const isRefused = text === 'style' || /^on[a-z]/i.test(text)
  return /\.setAttribute$/.test(callee) && isRefused
    ? `${text} is refused as an attribute`
    : undefined
}
