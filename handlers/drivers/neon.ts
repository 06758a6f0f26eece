import type { DatabaseConfig } from '../config.ts'
import type { Driver } from './driver.ts'

/**
 * Neon's driver: PostgreSQL's protocol over WebSocket, for runtimes that only HTTP and WebSockets
 * leave. Its classes are node-postgres' own, bundled.
 */
export async function neonDriver(config: DatabaseConfig): Promise<Driver> {
  const { Pool, Client, neonConfig, types } = await import('@neondatabase/serverless')
  neonConfig.webSocketConstructor ??= globalThis.WebSocket ?? (await nodeWebSocket())
  if (config.neonProxy) {
    const proxy = config.neonProxy
    neonConfig.wsProxy = () => proxy
    neonConfig.useSecureWebSocket = false
    // Only Neon's own proxy takes the password before it is asked for.
    neonConfig.pipelineConnect = false
  }
  return { Pool, Client, getTypeParser: types.getTypeParser } as unknown as Driver
}

/** Node 20 has no WebSocket of its own; 22 and the edge runtimes do. */
async function nodeWebSocket() {
  const { WebSocket } = await import('ws')
  return WebSocket
}
