/** The server whose waits `hold` counts. */
import { startBackend } from '../kit/backend.ts'
import type { Context } from '../kit/bench.ts'
import { processPart } from '../kit/parts.ts'
import { openStore } from '../kit/store.ts'
import type { Target } from '../kit/target.ts'

/** The server at `BASE_URL`; without one a backend process, and no proxy in front of it. */
export async function targetOf(context: Context): Promise<Target> {
  if (process.env.BASE_URL) return { ...(await context.target()), close: async () => {} }
  const store = await openStore()
  try {
    const { baseUrl, pid, stop } = await startBackend(store.env)
    return {
      baseUrl,
      what: `one backend process on the loopback address, without a proxy · ${store.what}`,
      parts: [processPart('backend', pid)],
      databaseConnections: store.connections,
      async close() {
        await stop()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}
