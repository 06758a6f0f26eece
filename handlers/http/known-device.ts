import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { generateCookie } from 'hono/cookie'
import { limits } from '../limits.ts'
import { isHttps } from './outside.ts'

const COOKIE = 'natter_device'
const MARK_BYTES = 12

/**
 * Which accounts a browser has been signed in to. It keeps that in a cookie of its own, which
 * outlives its sessions: whoever tries passwords from elsewhere does not hold up the people
 * themselves, and the names stand in it as marks that tell nothing.
 */
type Device = { id: string; marks: string[] }

/**
 * What a browser's tries to sign in to an account are counted by, where it has been signed in to it
 * before; null where it is as good as any other.
 * @param login the account's name as names are compared.
 */
export function knownDevice(c: Context, secret: string, login: string): string | null {
  const device = deviceIn(c, secret)
  return device?.marks.includes(markOf(device.id, login, secret)) ? `${device.id} ${login}` : null
}

/** Lets the browser keep, with an answer, that it has been signed in to an account. */
export function rememberDevice(c: Context, answer: Response, secret: string, login: string): void {
  const device = deviceIn(c, secret) ?? {
    id: randomBytes(MARK_BYTES).toString('base64url'),
    marks: [],
  }
  const mark = markOf(device.id, login, secret)
  const others = device.marks.filter((one) => one !== mark)
  const words = [device.id, ...[mark, ...others].slice(0, limits.deviceAccounts)]
  const text = words.join('.')
  const header = generateCookie(COOKIE, `${text}.${sign(`device ${text}`, secret)}`, {
    path: '/sessions',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isHttps(c),
    maxAge: limits.sessionSeconds,
  })
  answer.headers.append('set-cookie', header)
}

function deviceIn(c: Context, secret: string): Device | null {
  const cookie = /(?:^|;)\s*natter_device=([\w.-]{1,400})/.exec(c.req.header('cookie') ?? '')?.[1]
  const words = cookie?.split('.') ?? []
  const signature = words.pop() ?? ''
  const [id, ...marks] = words
  return id && isSame(signature, sign(`device ${words.join('.')}`, secret)) ? { id, marks } : null
}

const markOf = (id: string, login: string, secret: string): string =>
  sign(`mark ${id} ${login}`, secret).slice(0, MARK_BYTES)

const sign = (text: string, secret: string) =>
  createHmac('sha256', secret).update(text).digest('base64url')

function isSame(shown: string, right: string): boolean {
  const [a, b] = [Buffer.from(shown), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
