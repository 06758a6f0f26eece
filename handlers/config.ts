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
  /** Signed them before, and is taken still. */
  secretBefore: string | undefined
  /** How instances tell each other of what is new: LISTEN and NOTIFY, or by looking. */
  doorbell: 'listen' | 'poll'
  /** Where people find the server, as an origin: `https://chat.example.org`. */
  publicUrl: string | undefined
  /** Where this machine finds it, as far as it is told of a proxy's port: else the server's own. */
  localUrl: string | undefined
  logFormat: 'text' | 'json'
  /** The language whose stems are found, as PostgreSQL calls it; `simple` for words as they are. */
  searchLanguage: string
  /** What hashing a password costs, as the binary logarithm of scrypt's N. */
  passwordCost: number
  posts: { perSecond: number; burst: number }
  /** New guests and accounts of one address, and rooms of one person, in an hour. */
  perHour: { guests: number; accounts: number; rooms: number }
  /** Proxies that say for whom they ask, by `X-Forwarded-For`. */
  trustedProxies: Networks
  /** Addresses that are not counted. */
  unlimited: Networks
  oidc: OidcConfig | undefined
  files: FilesConfig
  loginHeader: LoginHeaderConfig | undefined
}

/** An OpenID Connect provider that people may sign in with. */
export type OidcConfig = {
  issuer: string
  clientId: string
  /** A public client has none. */
  clientSecret: string | undefined
  /** What people call it. */
  name: string
  scopes: string
}

/** What files may take, in bytes, and where they are kept. */
export type FilesConfig = {
  fileBytes: number
  personBytes: number
  serverBytes: number
  /** Where absent, in the database. */
  s3: S3Config | undefined
}

/** A store that speaks S3. */
export type S3Config = {
  endpoint: string
  bucket: string
  region: string
  accessKeyId: string
  secretAccessKey: string
}

/** A header in which a proxy says who asks. */
export type LoginHeaderConfig = {
  name: string
  /** Addresses and networks of the proxies that are believed. */
  proxies: Networks
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
    secretBefore: secretValue(env, 'NATTER_SECRET_BEFORE'),
    doorbell: oneOf(env, 'DOORBELL', ['listen', 'poll']),
    localUrl: publishedAt(env.NATTER_PORT?.trim()),
    logFormat: oneOf(env, 'LOG_FORMAT', ['text', 'json']),
    searchLanguage: wordValue(env, 'SEARCH_LANGUAGE', 'simple'),
    passwordCost: wholeNumber(env, 'PASSWORD_COST', limits.passwordCost, 4, 20),
    posts: {
      perSecond: wholeNumber(env, 'POST_RATE', limits.postsPerSecond, 1, 1_000_000),
      burst: wholeNumber(env, 'POST_BURST', limits.postsBurst, 1, 10_000_000),
    },
    perHour: {
      guests: wholeNumber(env, 'GUESTS_PER_HOUR', limits.guestsPerHour, 1, 10_000_000),
      accounts: wholeNumber(env, 'ACCOUNTS_PER_HOUR', limits.accountsPerHour, 1, 10_000_000),
      rooms: wholeNumber(env, 'ROOMS_PER_HOUR', limits.roomsPerHour, 1, 10_000_000),
    },
    trustedProxies: networks(env, 'TRUSTED_PROXIES'),
    unlimited: networks(env, 'UNLIMITED_ADDRESSES'),
    publicUrl: originValue(env, 'NATTER_URL'),
    oidc: readOidc(env),
    files: readFiles(env),
    loginHeader: readLoginHeader(env),
  }
}

function readOidc(env: Env): OidcConfig | undefined {
  const issuer = webAddress(env, 'OIDC_ISSUER')
  if (!issuer) return undefined
  const isPlain = issuer.protocol === 'http:' && !loopback.test(issuer.hostname)
  if (isPlain && env.OIDC_INSECURE?.trim() !== '1') {
    throw new ConfigError(
      'OIDC_ISSUER is no https address. Where nobody can listen in between, OIDC_INSECURE=1 allows it.',
    )
  }
  const clientId = env.OIDC_CLIENT_ID?.trim()
  if (!clientId) {
    throw new ConfigError('Set OIDC_CLIENT_ID to what the provider in OIDC_ISSUER knows Natter by.')
  }
  const scopes = env.OIDC_SCOPES?.trim().split(/[\s,]+/) ?? ['openid', 'profile']
  return {
    issuer: env.OIDC_ISSUER?.trim() ?? issuer.href,
    clientId,
    clientSecret: secretValue(env, 'OIDC_CLIENT_SECRET'),
    name: env.OIDC_NAME?.trim() || 'single sign-on',
    // Without it an answer says nothing of who somebody is.
    scopes: [...new Set(['openid', ...scopes])].filter((scope) => scope !== '').join(' '),
  }
}

const loopback = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

function readFiles(env: Env): FilesConfig {
  const bytes = (name: string, standard: number) =>
    wholeNumber(env, name, standard, 1, Number.MAX_SAFE_INTEGER)
  return {
    fileBytes: bytes('FILE_BYTES', limits.fileBytes),
    personBytes: bytes('FILES_BYTES_PERSON', limits.filesBytesPerson),
    serverBytes: bytes('FILES_BYTES_SERVER', limits.filesBytesServer),
    s3: readS3(env),
  }
}

function readS3(env: Env): S3Config | undefined {
  const endpoint = webAddress(env, 'S3_ENDPOINT')
  if (!endpoint) return undefined
  const bucket = env.S3_BUCKET?.trim()
  const accessKeyId = secretValue(env, 'S3_ACCESS_KEY_ID')
  const secretAccessKey = secretValue(env, 'S3_SECRET_ACCESS_KEY')
  if (!bucket || !accessKeyId || !secretAccessKey) {
    throw new ConfigError(
      'S3_ENDPOINT needs S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY beside it.',
    )
  }
  const region = env.S3_REGION?.trim() || 'us-east-1'
  return { endpoint: endpoint.href, bucket, region, accessKeyId, secretAccessKey }
}

function readLoginHeader(env: Env): LoginHeaderConfig | undefined {
  const name = env.LOGIN_HEADER?.trim()
  if (!name) return undefined
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw new ConfigError(
      `LOGIN_HEADER is "${name}"; a header's name has letters, digits and hyphens.`,
    )
  }
  if (env.LOGIN_PROXIES?.trim()) return { name, proxies: networks(env, 'LOGIN_PROXIES') }
  throw new ConfigError(
    'LOGIN_HEADER is believed from your proxy alone: set LOGIN_PROXIES to its address, such as 127.0.0.1.',
  )
}

/** A setting that is an address on the web. */
function webAddress(env: Env, name: string): URL | undefined {
  const text = env[name]?.trim()
  if (!text) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isWeb = url && /^https?:$/.test(url.protocol) && !url.username && !url.password
  if (url && isWeb && !url.search && !url.hash) return url
  throw new ConfigError(`${name} must be an address such as https://chat.example.org.`)
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

/** An address without a path, since all addresses here begin at the root. */
function originValue(env: Env, name: string): string | undefined {
  const text = env[name]?.trim()
  if (!text) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (url && isHttp && url.href === `${url.origin}/`) return url.origin
  throw new ConfigError(`${name} is "${text}"; it must be like https://chat.example.org, no path.`)
}

/**
 * What Compose publishes: a port, `8000`, or one of an address, `127.0.0.1:8000`. An address of all
 * networks is none that a browser finds.
 */
function publishedAt(text: string | undefined): string | undefined {
  const [, host = '', port] = /^(?:(.+):)?(\d+)$/.exec(text ?? '') ?? []
  if (port === undefined) return undefined
  const isEverywhere = ['', '0.0.0.0', '[::]'].includes(host)
  return `http://${isEverywhere ? 'localhost' : host}:${port}`
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

/** A setting that is a name as PostgreSQL has them. */
function wordValue(env: Env, name: string, standard: string): string {
  const text = env[name]?.trim().toLowerCase() || standard
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(text)) return text
  throw new ConfigError(`${name} is "${text}"; it must be a name such as english.`)
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
