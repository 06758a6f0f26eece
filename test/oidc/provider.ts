/** A real OpenID Connect provider in this process, where anybody may sign in under any name. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Claims = { preferred_username?: unknown; name?: unknown }

export type TestProvider = {
  /** How Natter is told of it. */
  env: Record<string, string>
  /** What it tells of somebody, in place of their login as `preferred_username`. */
  tells(login: string, claims: Claims): void
  /** Refuses connections, until it is opened again on the same port. */
  shut(): Promise<void>
  open(): Promise<void>
}

const SECRET = 'known to the two of them'

/**
 * Opens a provider on a free port.
 * @param redirectUris where it may lead back to
 * @param client further metadata of the client that Natter is to it
 * @param settings further ones of the provider
 */
export async function openProvider(
  redirectUris: string[],
  client: object = {},
  settings: object = {},
): Promise<TestProvider> {
  const told = new Map<string, Claims>()
  const server = createServer()
  const open = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const shut = async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  await open(0)
  const { port } = server.address() as AddressInfo
  const issuer = `http://localhost:${port}`
  const claimsOf = (login: string) => told.get(login) ?? { preferred_username: login }
  const clients = [
    { client_id: 'natter', client_secret: SECRET, redirect_uris: redirectUris, ...client },
  ]
  server.on('request', await answers(issuer, { clients, ...settings }, claimsOf))
  return {
    env: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'natter', OIDC_CLIENT_SECRET: SECRET },
    tells: (login, claims) => told.set(login, claims),
    shut,
    open: () => open(port),
  }
}

async function answers(issuer: string, settings: object, claimsOf: (login: string) => Claims) {
  const { warn } = console
  // It warns of what is meant for development alone, which this is.
  console.warn = () => {}
  try {
    const { Provider } = await import('oidc-provider')
    const provider = new Provider(issuer, {
      ...settings,
      claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
      cookies: { keys: ['of this test'] },
      ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
      findAccount: (_: unknown, login: string) => ({
        accountId: login,
        claims: () => ({ sub: login, ...claimsOf(login) }),
      }),
    })
    return provider.callback()
  } finally {
    console.warn = warn
  }
}
