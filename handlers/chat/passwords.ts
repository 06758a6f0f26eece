import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { limits } from '../limits.ts'
import type { Sql } from './sql.ts'

/**
 * What a hash costs: `ln` is the binary logarithm of scrypt's N. At 15 a hash takes 32 MiB and a
 * quarter of a second.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html (scrypt)
 */
type Cost = { ln: number; r: number; p: number }

const SALT_BYTES = 16
const HASH_BYTES = 32

export type Checked = {
  isRight: boolean
  /** Made at another cost than new ones are: to be hashed again while the password is at hand. */
  isStale: boolean
}

/** Hashes passwords, and compares them with stored ones. */
export type Passwords = {
  /**
   * A password as it is stored: a PHC string, `$scrypt$ln=…,r=…,p=…$salt$hash`, so that each stands
   * with the cost that it was made at. https://github.com/P-H-C/phc-string-format
   * @throws {TooManyPasswords} where too many wait already.
   */
  hash(password: string): Promise<string>
  /**
   * Compares a password with a stored one. It takes as long for a name that nobody has.
   * @param stored null where there is none; nothing is right then.
   * @param isKnown the person signed in from there before, and does not wait behind strangers.
   * @throws {TooManyPasswords} where too many wait already.
   */
  check(password: string, stored: string | null, isKnown?: boolean): Promise<Checked>
}

/** Where accounts are stored, and how their passwords are. */
export type AccountStore = { sql: Sql; passwords: Passwords }

/** @param ln the cost of new hashes, as the binary logarithm of scrypt's N. */
export function createPasswords(ln: number): Passwords {
  const cost: Cost = { ln, r: 8, p: 3 }
  const nobody: Stored = {
    at: cost,
    salt: randomBytes(SALT_BYTES),
    hash: Buffer.alloc(HASH_BYTES),
  }
  const derive = deriveInTurn()
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES)
      return written(cost, salt, await derive(password, salt, cost))
    },
    async check(password, stored, isKnown) {
      const known = stored === null ? null : read(stored)
      const { salt, hash, at } = known ?? nobody
      const shown = await derive(password, salt, at, isKnown)
      const isRight = known !== null && timingSafeEqual(shown, hash)
      return { isRight, isStale: at.ln !== cost.ln || at.r !== cost.r || at.p !== cost.p }
    },
  }
}

type Stored = { at: Cost; salt: Buffer; hash: Buffer }

const pattern =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** @throws {Error} for what this server did not write. */
function read(stored: string): Stored {
  const match = pattern.exec(stored)
  if (!match) throw new Error('A stored password is no scrypt hash.')
  const [, ln, r, p, salt = '', hash = ''] = match
  return {
    at: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}

const written = ({ ln, r, p }: Cost, salt: Buffer, hash: Buffer): string =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`

/** Without padding, as PHC strings have it. */
const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

/** So many passwords wait to be looked at that another one would wait too long. */
export class TooManyPasswords extends Error {}

/**
 * Few at once: each takes its memory, and a thread that files and names are looked up with. Those
 * who wait do so in two queues: strangers may fill their own, and not the other.
 * @returns what hashes in turn; it throws {TooManyPasswords} where the queue is full.
 */
function deriveInTurn() {
  const strangers: (() => void)[] = []
  const acquainted: (() => void)[] = []
  let running = 0
  return async (
    password: string,
    salt: Buffer,
    { ln, r, p }: Cost,
    isKnown = false,
  ): Promise<Buffer> => {
    const queue = isKnown ? acquainted : strangers
    if (running < limits.passwordsAtOnce) running++
    else if (queue.length >= limits.passwordsWaiting) throw new TooManyPasswords()
    else await new Promise<void>((go) => queue.push(go))
    try {
      // The same password from every keyboard: https://pages.nist.gov/800-63-4/sp800-63b.html
      const text = password.normalize('NFKC')
      return await scryptOf(text, salt, { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r })
    } finally {
      const next = acquainted.shift() ?? strangers.shift()
      if (next) next()
      else running--
    }
  }
}

const scryptOf = (text: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(text, salt, HASH_BYTES, options, (error, hash) =>
      error ? reject(error) : resolve(hash),
    )
  })
