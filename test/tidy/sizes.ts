/** How long a file and a function may be. */
import { isFunctionDeclaration, type Node, SyntaxKind } from 'typescript/unstable/ast'
import { at, type Finding, lineOf, type Source, walk } from './source.ts'

const fileLinesMax = 300
const functionLinesMax = 70

const functions: readonly SyntaxKind[] = [
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ArrowFunction,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.Constructor,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
]

/** Files and functions in `handlers/` that are too long to be one thing. */
export function sizes(sources: Source[]): Finding[] {
  return sources.flatMap((source) => [...longFile(source), ...longFunctions(source)])
}

function longFile({ path, text }: Source): Finding[] {
  const lines = text.trimEnd().split('\n').length
  const says = `${lines} lines; a file has at most ${fileLinesMax}: which two things is it?`
  return lines > fileLinesMax ? [{ path, line: fileLinesMax + 1, says }] : []
}

function longFunctions(source: Source): Finding[] {
  const findings: Finding[] = []
  walk(source.tree, (node) => {
    if (!functions.includes(node.kind)) return
    const start = lineOf(source.text, node.getStart(source.tree))
    const lines = lineOf(source.text, node.getEnd()) - start + 1
    if (lines <= functionLinesMax) return
    const says = `${nameOf(node)} has ${lines} lines; a function has at most ${functionLinesMax}`
    findings.push(at(source, node, says))
  })
  return findings
}

function nameOf(node: Node): string {
  return isFunctionDeclaration(node) && node.name ? node.name.text : 'this function'
}
