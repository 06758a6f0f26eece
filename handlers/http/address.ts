import { createHmac } from 'node:crypto'
import { isIP } from 'node:net'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { isIn, type Networks } from '../networks.ts'

/**
 * The address of whoever asks. A proxy that is trusted says for whom it asks: the last address in
 * `X-Forwarded-For` that is no such proxy's. What anybody else says there is not believed.
 * @returns empty where the runtime tells none.
 */
export function addressOf(c: Context, trusted: Networks): string {
  let address = peerOf(c)
  const told = (c.req.header('x-forwarded-for') ?? '').split(',').map((one) => one.trim())
  while (address !== '' && isIn(trusted, address)) {
    const before = plain(told.pop() ?? '')
    if (isIP(before) === 0) break
    address = before
  }
  return address
}

/** The address of the other end of the connection; empty where the runtime tells none. */
export function peerOf(c: Context): string {
  try {
    return plain(getConnInfo(c).remote.address ?? '')
  } catch {
    return ''
  }
}

/**
 * What whoever asks is counted and barred by.
 * @param unlimited addresses that are not counted.
 * @returns empty for who is not counted, and where the runtime tells no address.
 */
export const placeOf =
  (trusted: Networks, unlimited: Networks) =>
  (c: Context): string => {
    const address = addressOf(c, trusted)
    return isIn(unlimited, address) ? '' : neighbourhoodOf(address)
  }

/** An address as it is kept: a hash that tells nothing without the server's own key. */
export const hashedAddress = (place: string, key: string): Uint8Array | null =>
  place === '' ? null : createHmac('sha256', key).update(place).digest()

/** An IPv4 address that came by way of IPv6 is itself. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

/**
 * What an address is counted and barred by: in IPv6 a household has a network of 64 bits, whose
 * addresses it changes at will.
 */
export function neighbourhoodOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
