/** The access matrix's world in an instance of this process, asked by `app.request()`. */
import { makeOwnerLink } from '../../handlers/chat/entry-links.ts'
import { migratedDatabase } from '../database.ts'
import { type Instance, startInstance } from '../handlers/app.ts'
import { type Send, World } from './world.ts'

/** An instance with a database of its own, where nothing is refused for being a lot. */
export async function startWorld() {
  const database = await migratedDatabase()
  const instance: Instance = await startInstance({
    ...database.env,
    POST_BURST: '100000',
    ROOMS_PER_HOUR: '100000',
  })
  const send: Send = async ({ method, path, headers, body }) => {
    const answer = await instance.app.request(path, { method, headers, ...(body ? { body } : {}) })
    return {
      status: answer.status,
      text: await answer.text(),
      cookies: answer.headers.getSetCookie(),
      headers: Object.fromEntries(answer.headers),
    }
  }
  const world = new World(send, async () => (await makeOwnerLink(instance.sql)).token)
  await world.begin()
  return {
    world,
    app: instance.app,
    async stop() {
      await instance.stop()
      await database.drop()
    },
  }
}
