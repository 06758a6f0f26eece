import type { Context } from 'hono'
import type { Newcomer } from '../chat/people.ts'
import type { Refusal } from '../chat/refusal.ts'
import { hashedAddress } from '../http/address.ts'

/**
 * From where somebody comes who is to be made known, as far as it matters: one address makes so many
 * guests in an hour, and none where it is barred.
 * @param link the stored key of the invitation that they hold, if any.
 */
export async function newcomerFrom(
  c: Context,
  link: Uint8Array | null,
): Promise<Newcomer | Refusal> {
  const place = c.var.placeOf(c)
  const tooOften = await c.var.paces.guests(place)
  if (tooOften) return tooOften
  return { link, address: hashedAddress(place, c.var.server().addressKey) }
}
