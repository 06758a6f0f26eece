import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { limits } from './limits.ts'
import { type Networks, readNetworks } from './networks.ts'

/** The environment, parsed once. */
export type Config = {
  host: string
  port: number
  database: DatabaseConfig
  /** Folder with the static shell and its assets. */
  publicDir: string
  /** Folder with the migrations. */
  sqlDir: string
  /** Signs the cookies; where absent, the database's own is used. */
  secret: string | undefined
  /** The address that people use, without a path; where absent, it is the one that each asks for. */
  publicUrl: string | undefined
  /** How instances tell each other of what is new: LISTEN and NOTIFY, or by looking. */
  doorbell: 'listen' | 'poll'
  logFormat: 'text' | 'json'
  posts: { perSecond: number; burst: number }
  /** Proxies that say for whom they ask, by `X-Forwarded-For`. */
  trustedProxies: Networks
}

export type DatabaseConfig = {
  driver: 'pg' | 'neon'
  /** Where present it wins over the parts below. */
  url: string | undefined
  host: string
  port: number
  user: string
  password: string | undefined
  name: string
  /** `host:port/path` of a WebSocket proxy in front of PostgreSQL, for the Neon driver away from Neon. */
  neonProxy: string | undefined
  poolConnections: number
}

/** A setting that cannot be used; the message says which, and what to do. */
export class ConfigError extends Error {}

type Env = Record<string, string | undefined>

/**
 * Reads the settings.
 * @throws {ConfigError} for a value that is out of range or a file that cannot be read.
 */
export function readConfig(env: Env): Config {
  return {
    host: env.HOST || '0.0.0.0',
    port: wholeNumber(env, 'PORT', 8000, 0, 65_535),
    database: readDatabase(env),
    publicDir: env.PUBLIC_DIR || besideHandlers('public'),
    sqlDir: env.SQL_DIR || besideHandlers('sql'),
    secret: secretValue(env, 'NATTER_SECRET'),
    publicUrl: webAddress(env, 'NATTER_URL'),
    doorbell: oneOf(env, 'DOORBELL', ['listen', 'poll']),
    logFormat: oneOf(env, 'LOG_FORMAT', ['text', 'json']),
    posts: {
      perSecond: wholeNumber(env, 'POST_RATE', limits.postsPerSecond, 1, 1_000_000),
      burst: wholeNumber(env, 'POST_BURST', limits.postsBurst, 1, 10_000_000),
    },
    trustedProxies: networks(env, 'TRUSTED_PROXIES'),
  }
}

function readDatabase(env: Env): DatabaseConfig {
  return {
    driver: oneOf(env, 'DB_DRIVER', ['pg', 'neon']),
    url: secretValue(env, 'DATABASE_URL'),
    host: env.PGHOST || 'localhost',
    port: wholeNumber(env, 'PGPORT', 5432, 1, 65_535),
    user: env.PGUSER || 'postgres',
    password: secretValue(env, 'PGPASSWORD'),
    name: env.PGDATABASE || env.PGUSER || 'postgres',
    neonProxy: env.NEON_WS_PROXY || undefined,
    poolConnections: wholeNumber(env, 'DB_POOL', limits.poolConnections, 1, 1_000),
  }
}

/** `NAME`, or the content of the file that `NAME_FILE` names (Docker and Kubernetes secrets). */
function secretValue(env: Env, name: string): string | undefined {
  const file = env[`${name}_FILE`]
  if (!file) return env[name] || undefined
  if (env[name]) throw new ConfigError(`Set ${name} or ${name}_FILE, not both.`)
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch {
    throw new ConfigError(`${name}_FILE names ${file}, which cannot be read.`)
  }
}

function webAddress(env: Env, name: string): string | undefined {
  const text = env[name]?.trim()
  if (!text) return undefined
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin
  throw new ConfigError(
    `${name} is "${text}"; it must be an address like https://chat.example.org.`,
  )
}

function wholeNumber(env: Env, name: string, standard: number, least: number, most: number) {
  const text = env[name]?.trim()
  if (!text) return standard
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new ConfigError(`${name} is "${text}"; it must be a whole number from ${least} to ${most}.`)
}

function networks(env: Env, name: string): Networks {
  try {
    return readNetworks(env[name] ?? '')
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ConfigError(
      `${name} names "${error.message}", which is no address or network such as 10.1.0.0/16.`,
    )
  }
}

/** The first of `choices` is what stands where the environment says nothing. */
function oneOf<const T extends string>(env: Env, name: string, choices: readonly [T, ...T[]]): T {
  const text = env[name]?.trim()
  if (!text) return choices[0]
  const choice = choices.find((one) => one === text)
  if (choice) return choice
  throw new ConfigError(`${name} is "${text}"; it must be ${choices.join(' or ')}.`)
}

const besideHandlers = (folder: string) => fileURLToPath(new URL(`../${folder}`, import.meta.url))
