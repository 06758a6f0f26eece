/** What whoever runs the server can do to it from its machine, beside a server that runs. */
import { rotateSecret } from './chat/server.ts'
import type { Config } from './config.ts'
import { openDatabase } from './drivers/database.ts'
import { createLog } from './ops/log.ts'
import { offerOwner } from './ops/owner-link.ts'

/** Where the server is found by those who use it, as far as the settings tell. */
export const addressFor = ({ publicUrl, localUrl }: Config, port: number): string =>
  publicUrl ?? localUrl ?? `http://localhost:${port}`

/** Prints a link that makes an owner, beside a server that runs. */
export async function printOwnerLink(config: Config): Promise<void> {
  const database = await openDatabase(config.database)
  try {
    const log = createLog(config.logFormat)
    await offerOwner(database.pool, addressFor(config, config.port), log)
  } finally {
    await database.end()
  }
}

/** Lets cookies be signed by another secret from now on, beside a server that runs. */
export async function giveAnotherSecret(config: Config): Promise<void> {
  const database = await openDatabase(config.database)
  try {
    await rotateSecret(database.pool)
    createLog(config.logFormat).info(
      'cookies are signed by a new secret; the one before is taken still',
    )
  } finally {
    await database.end()
  }
}
