import { makeFirstOwnerLink, makeOwnerLink, type NewLink } from '../chat/entry-links.ts'
import type { Sql } from '../chat/sql.ts'
import type { Log } from './log.ts'

/**
 * Prints a link for whoever is to be the first owner, while there is none. It is the one secret
 * that is ever logged: this is how it gets to whoever has the server in their hands.
 * @param address where the server is from outside.
 */
export async function offerFirstOwner(sql: Sql, address: string, log: Log): Promise<void> {
  const made = await makeFirstOwnerLink(sql)
  if (made) print(made, address, log)
}

/** Prints another such link for whoever has lost access: the first owner's, or another owner's. */
export async function offerOwner(sql: Sql, address: string, log: Log): Promise<void> {
  print(await makeOwnerLink(sql), address, log)
}

const said = {
  first_owner: 'nobody owns this server yet: this link makes its first owner, within 7 days',
  owner: 'this link makes an owner, once, within a day',
}

function print({ token, purpose }: NewLink, address: string, log: Log): void {
  if (purpose !== 'sign_in') log.info(said[purpose], { link: `${address}/enter/${token}` })
}
