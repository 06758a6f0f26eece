/** What `package.json` and its lock file may say. */
import type { Finding, TextFile } from './source.ts'

type Manifest = Partial<Record<(typeof fields)[number], Record<string, string>>>

const fields = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
] as const

/** Dependencies that are not pinned to one version. */
export function unpinned({ path, text }: TextFile): Finding[] {
  const manifest = JSON.parse(text) as Manifest
  return fields
    .flatMap((field) => Object.entries(manifest[field] ?? {}))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => ({
      path,
      line: lineWith(text, `"${name}": "${version}"`),
      says: `${name} is ${version}: pin one version`,
    }))
}

/** Addresses of a registry in a lock file: whoever installs may use another one. */
export function resolved({ path, text }: TextFile): Finding[] {
  return text
    .split('\n')
    .map((content, index) => ({ content, line: index + 1 }))
    .filter(({ content }) => /"resolved"\s*:|https?:\/\/[^"]*\.tgz/.test(content))
    .map(({ line }) => ({
      path,
      line,
      says: 'names a registry: npm install with omit-lockfile-registry-resolved',
    }))
}

/** Dependencies that the lock file has in another version than `package.json`. */
export function unlocked(manifest: TextFile, lock: TextFile): Finding[] {
  const { packages } = JSON.parse(lock.text) as { packages: Record<string, Manifest> }
  const [said, locked] = [JSON.parse(manifest.text) as Manifest, packages[''] ?? {}]
  return fields
    .filter((field) => sorted(said[field]) !== sorted(locked[field]))
    .map((field) => ({ path: lock.path, line: 1, says: `${field} are not package.json's` }))
}

function sorted(versions: Record<string, string> = {}): string {
  return JSON.stringify(Object.entries(versions).sort())
}

function lineWith(text: string, part: string): number {
  return text.split('\n').findIndex((line) => line.includes(part)) + 1
}
