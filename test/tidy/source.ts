/** The project's own files as the rules see them: text, and TypeScript's syntax tree. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
import { API } from 'typescript/unstable/async'
import { createVirtualFileSystem } from 'typescript/unstable/fs'

/** The folder that paths are relative to. */
const project = fileURLToPath(new URL('../../', import.meta.url))

/** A file of the project; `path` has slashes and is relative to the project. */
export type TextFile = { path: string; text: string }

/** A file with its syntax tree. */
export type Source = TextFile & { tree: SourceFile }

/** Where a rule is broken, and what it asks for. */
export type Finding = { path: string; line: number; says: string }

/**
 * Reads the files below a folder.
 * @param folder relative to the project
 * @param extensions how their names end
 */
export function read(folder: string, ...extensions: string[]): TextFile[] {
  return readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => extensions.some((extension) => path.endsWith(extension)))
    .sort()
    .map(readOne)
}

/** Reads one file of the project. */
export function readOne(path: string): TextFile {
  return { path, text: readFileSync(join(project, path), 'utf8') }
}

/** Parses TypeScript and JavaScript. The files need not exist: what is parsed is the text given. */
export async function parse(files: TextFile[]): Promise<Source[]> {
  const root = '/tidy'
  const config = `${root}/tsconfig.json`
  const fs = createVirtualFileSystem({
    ...Object.fromEntries(files.map(({ path, text }) => [`${root}/${path}`, text])),
    [config]: JSON.stringify({
      compilerOptions: { allowJs: true, jsx: 'preserve', noLib: true, noResolve: true, types: [] },
      files: files.map(({ path }) => path),
    }),
  })
  const api = new API({ cwd: root, fs })
  try {
    const snapshot = await api.updateSnapshot({ openProjects: [config] })
    const program = snapshot.getProject(config)?.program
    const trees = files.map(({ path }) => program?.getSourceFile(`${root}/${path}`))
    return (await Promise.all(trees)).map((tree, index) => sourceOf(files[index], tree))
  } finally {
    await api.close()
  }
}

function sourceOf(file: TextFile | undefined, tree: SourceFile | undefined): Source {
  if (!file || !tree) throw new Error(`TypeScript does not parse ${file?.path}`)
  return { ...file, tree }
}

/** Calls `visit` for a node and for all below it. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  node.forEachChild((child) => walk(child, visit))
}

/** A finding at a node. */
export function at(source: Source, node: Node, says: string): Finding {
  return { path: source.path, line: lineOf(source.text, node.getStart(source.tree)), says }
}

/** The line of a place in a text, from 1. */
export function lineOf(text: string, position: number): number {
  return text.slice(0, position).split('\n').length
}

/** The text of a string or a template, `…` where a template has an expression; else undefined. */
export function literal(node: Node): string | undefined {
  const { kind } = node
  if (kind === SyntaxKind.StringLiteral || kind === SyntaxKind.NoSubstitutionTemplateLiteral) {
    return (node as Node & { text: string }).text
  }
  if (kind !== SyntaxKind.TemplateExpression) return undefined
  let text = ''
  walk(node, (part) => {
    const { text: own } = part as Node & { text?: string }
    if (part.kind === SyntaxKind.TemplateHead) text += own
    if (part.kind === SyntaxKind.TemplateMiddle || part.kind === SyntaxKind.TemplateTail) {
      text += `…${own}`
    }
  })
  return text
}
