/** Markup that a strict Content-Security-Policy (`default-src 'self'`) would refuse. */
import {
  isJsxAttribute,
  isJsxOpeningElement,
  isJsxSelfClosingElement,
  isPropertyAssignment,
  type JsxAttributes,
  type Node,
} from 'typescript/unstable/ast'
import { at, type Finding, lineOf, literal, type Source, type TextFile, walk } from './source.ts'

/** Attributes whose address the browser fetches by itself; a link in `<a href>` is none. */
const resources = /^(src|srcset|poster|data|background|manifest|xlink:href)$/
const fetching = /^(link|use|image|script|base)$/

/** What is wrong with one attribute, in a template or in a file. */
function attributeFault(tag: string, name: string, value: string): string | undefined {
  const lower = name.toLowerCase()
  if (lower === 'style') return 'style= is an inline style: use a class'
  if (/^on[a-z]/.test(lower)) return `${name}= is an inline script: listen in public/natter/`
  if (/^(data-)?hx-on\b/.test(lower)) return `${name} is evaluated: listen in public/natter/`
  if (/(^|\s)(javascript|js):/i.test(value)) return `${name} holds a script`
  if (/^(data-)?hx-trigger$/.test(lower) && value.includes('['))
    return 'a trigger filter is evaluated'
  const isResource = resources.test(lower) || (lower === 'href' && fetching.test(tag.toLowerCase()))
  if (isResource && /(^|[\s,])([a-z]+:)?\/\//i.test(value)) return `${name} is of another origin`
  return undefined
}

/** What a strict policy refuses, in the templates. */
export function templateFaults(sources: Source[]): Finding[] {
  return sources.flatMap((source) => {
    const findings: Finding[] = []
    const note = (node: Node, says: string | undefined) => {
      if (says) findings.push(at(source, node, says))
    }
    walk(source.tree, (node) => {
      if (isJsxOpeningElement(node) || isJsxSelfClosingElement(node)) {
        const tag = node.tagName.getText(source.tree)
        note(node, tagFault(tag, attributeNames(node.attributes, source)))
        for (const attribute of node.attributes.properties) {
          if (!isJsxAttribute(attribute)) continue
          const name = attribute.name.getText(source.tree)
          note(attribute, attributeFault(tag, name, textOf(attribute.initializer)))
        }
      }
      if (isPropertyAssignment(node))
        note(node, propertyFault(node.name.getText(source.tree), node))
    })
    return findings
  })
}

/** Attributes that reach an element as properties of a spread object. */
function propertyFault(name: string, node: { initializer?: Node | undefined }): string | undefined {
  const bare = name.replace(/^['"]|['"]$/g, '')
  return /^hx-/.test(bare) ? attributeFault('', bare, textOf(node.initializer)) : undefined
}

function attributeNames(attributes: JsxAttributes, source: Source): string[] {
  return attributes.properties
    .filter(isJsxAttribute)
    .map((attribute) => attribute.name.getText(source.tree).toLowerCase())
}

/** The texts in an attribute's value, also those that an expression in braces picks from. */
function textOf(initializer: Node | undefined): string {
  const texts: string[] = []
  if (initializer) walk(initializer, (node) => texts.push(literal(node) ?? ''))
  return texts.join(' ')
}

function tagFault(tag: string, attributes: string[]): string | undefined {
  if (tag.toLowerCase() === 'style') return '<style> is an inline style'
  if (tag.toLowerCase() === 'script' && !attributes.includes('src')) return '<script> without src'
  return undefined
}

/** What a strict policy refuses, in HTML files. */
export function pageFaults(files: TextFile[]): Finding[] {
  return files.flatMap(({ path, text }) => {
    const html = text.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' '))
    return [...html.matchAll(/<([a-z][\w-]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi)].flatMap((match) => {
      const [, tag = '', rest = ''] = match
      const attributes = [...rest.matchAll(/([^\s=/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]+))?/g)].map(
        ([, name = '', value = '']) => ({ name, value: value.replace(/^["']|["']$/g, '') }),
      )
      const names = attributes.map(({ name }) => name.toLowerCase())
      const faults = attributes.map(({ name, value }) => attributeFault(tag, name, value))
      return [tagFault(tag, names), ...faults]
        .filter((says) => says !== undefined)
        .map((says) => ({ path, line: lineOf(text, match.index), says }))
    })
  })
}

/** What style sheets fetch from elsewhere. */
export function styleFaults(files: TextFile[]): Finding[] {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:url\(\s*|@import\s+)["']?\s*(?:[a-z]+:)?\/\//gi)].map((match) => ({
      path,
      line: lineOf(text, match.index),
      says: 'a style sheet fetches from another origin',
    })),
  )
}
