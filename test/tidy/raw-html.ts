/** Where HTML may be written by hand. */
import {
  isAsExpression,
  isBinaryExpression,
  isCallExpression,
  isJsxAttribute,
  isPropertyAccessExpression,
  isTaggedTemplateExpression,
  type Node,
} from 'typescript/unstable/ast'
import { at, type Finding, literal, type Source, walk } from './source.ts'

/** The one file that may hand HTML through as it is. */
const rawFile = /^handlers\/pages\/raw\.tsx?$/

/** Those that may say of a text that it is a message's HTML, which that one file then hands through. */
const bodyMakers = /^handlers\/pages\/markdown\//

/** HTML that is written by hand, outside the one file for it. */
export function rawHtml(sources: Source[]): Finding[] {
  return sources
    .filter(({ path }) => !rawFile.test(path))
    .flatMap((source) => {
      const findings: Finding[] = []
      walk(source.tree, (node) => {
        const says = rawFault(node, source)
        if (says) findings.push(at(source, node, `${says}: raw HTML stands in pages/raw.tsx alone`))
      })
      return findings
    })
}

function rawFault(node: Node, source: Source): string | undefined {
  if (isAsExpression(node) && node.type.getText(source.tree) === 'BodyHtml') {
    return bodyMakers.test(source.path) ? undefined : 'as BodyHtml'
  }
  if (literal(node) === 'hono/html') return 'hono/html'
  if (isTaggedTemplateExpression(node) && node.tag.getText(source.tree) === 'html') return 'html``'
  if (isJsxAttribute(node) && node.name.getText(source.tree) === 'dangerouslySetInnerHTML') {
    return 'dangerouslySetInnerHTML'
  }
  if (isCallExpression(node)) return rawCall(node.expression, node.arguments[0], source)
  if (isBinaryExpression(node) && isPropertyAccessExpression(node.left)) {
    const name = node.left.name.getText(source.tree)
    return /^(inner|outer)HTML$/.test(name) ? name : undefined
  }
  return undefined
}

function rawCall(callee: Node, argument: Node | undefined, source: Source): string | undefined {
  const name = callee.getText(source.tree)
  if (name === 'raw') return 'raw()'
  if (/\.(insertAdjacentHTML|setHTMLUnsafe)$/.test(name)) return `${name}()`
  const answers = /\.(html|body)$/.test(name)
  return answers && argument && /<[a-z!]/i.test(literal(argument) ?? '') ? `${name}()` : undefined
}
