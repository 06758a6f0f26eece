/** Where SQL may stand. */
import { isTaggedTemplateExpression } from 'typescript/unstable/ast'
import { at, type Finding, literal, type Source, walk } from './source.ts'

/** Besides chat/ and live/: a session's settings, the migrations' own, the embedded server's lock. */
const places = [
  'handlers/chat/',
  'handlers/live/',
  'handlers/drivers/',
  'handlers/migrate.ts',
  'handlers/local/hold.ts',
]

/**
 * How statements begin. The keyword is all small or all capital, which tells `update rooms set` from
 * "Update your name"; the words after it tell `select id from` from "select a colour".
 */
const statements = [
  /^select\s+(distinct\b|all\b.*\bfrom\b|\d|'|\$|\*|[\w."]+\s*(,|\(|::|\bfrom\b|\bas\b|;|…)|from\b|…)/,
  /^insert\s+into\b/,
  /^update\s+(only\s+)?[\w."…]+\s+(as\s+)?(\w+\s+)?set\b/,
  /^delete\s+from\b/,
  /^merge\s+into\b/,
  /^with\s+(recursive\s+)?[\w"]+\s*(\([^)]*\)\s*)?as\s+((not\s+)?materialized\s*)?\(/,
  /^values\s*\(/,
  /^(create|alter|drop)\s+(or\s+replace\s+|unique\s+|unlogged\s+|temp\s+|materialized\s+)*(table|index|schema|function|database|extension|type|view|sequence|role|user|trigger|publication|system)\b/,
  /^truncate\s+(table\s+)?[\w."]+/,
  /^(listen|unlisten|notify)\s+(["\w*…]+)\s*(,|;|$)/,
  /^(begin|commit|rollback|start transaction)(\s+(work|transaction|isolation|read)\b.*)?;?$/,
  /^(savepoint|rollback to|release savepoint)\s+\w+;?$/,
  /^set\s+(local\s+|session\s+)?[a-z_]+\s*(=|to\b)/,
  /^(lock\s+table|vacuum|explain\s+(\(|select|insert|update|delete|analyze))\b/,
  /^copy\s+[\w."]+\s*(\(|from\b|to\b)/,
]

const anywhere = /\b(pg_notify|pg_try_advisory|pg_advisory|current_setting|set_config)\w*\s*\(/

/** SQL outside the rooms that own it. */
export function sqlOutside(sources: Source[]): Finding[] {
  const findings: Finding[] = []
  for (const source of sources) {
    if (places.some((place) => source.path.startsWith(place))) continue
    walk(source.tree, (node) => {
      const text = literal(node)
      const isTagged = isTaggedTemplateExpression(node) && node.tag.getText(source.tree) === 'sql'
      if (!isTagged && (text === undefined || !isSql(text))) return
      findings.push(at(source, node, 'SQL stands in chat/, live/ and sql/ alone'))
    })
  }
  return findings
}

/** Whether a text is a statement, or holds a call that only SQL has. */
export function isSql(text: string): boolean {
  const line = text.replace(/--.*$/gm, '').replace(/\s+/g, ' ').trim()
  const word = /^[A-Za-z]+/.exec(line)?.[0] ?? ''
  const oneCase = word === word.toLowerCase() || word === word.toUpperCase()
  if (oneCase && statements.some((begin) => begin.test(line.toLowerCase()))) return true
  return anywhere.test(line)
}
