/** Somebody with a name who talks over HTTP, without a browser. */

export type Guest = {
  /** The cookie as requests carry it, `name=value`. */
  cookie: string
  /** Makes a room. @returns its word in addresses */
  makeRoom(name: string): Promise<string>
  /** Posts a message. @returns its number, once it is stored */
  post(room: string, body: string): Promise<number>
  /** The cursor from which to wait for what comes next. */
  live(room: string): Promise<string>
  /** Waits for what comes past a cursor. @returns when it has been read, and the next cursor */
  wait(room: string, cursor: string, wait_s: number): Promise<Waited>
  /** Tells the others of a room that they type. */
  type(room: string): Promise<void>
  /** Whether others are told that they are here and that they type. */
  letSee(hints: boolean): Promise<void>
  /** The same person at another address of the same server. */
  at(baseUrl: string): Guest
}

export type Waited = { events: number; next: string }

/**
 * Becomes a guest. All its methods reject with what the server said when it refuses.
 * @param baseUrl of the server, without a slash at its end
 */
export async function createGuest(baseUrl: string, name: string): Promise<Guest> {
  const me = await send(`${baseUrl}/me`, 'PATCH', { name })
  const cookie = me.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return guestOf(baseUrl, cookie)
}

/** How many become guests at the same time. */
const at_once = 16

/** Makes many guests. @returns them, at that address */
export async function createGuests(baseUrl: string, many: number): Promise<Guest[]> {
  const guests: Guest[] = []
  while (guests.length < many) {
    const now = Math.min(at_once, many - guests.length)
    const made = Array.from({ length: now }, () => createGuest(baseUrl, 'Guest'))
    guests.push(...(await Promise.all(made)))
  }
  return guests
}

/** What guests show themselves with. */
export const cookiesOf = (guests: readonly Guest[]): string[] => guests.map(({ cookie }) => cookie)

function guestOf(baseUrl: string, cookie: string): Guest {
  const to = (path: string, method: string, body?: object) =>
    send(baseUrl + path, method, body, cookie)
  const ask = async (path: string, method = 'GET', body?: object) =>
    (await to(path, method, body)).json()
  return {
    cookie,
    makeRoom: async (name) => (await ask('/rooms', 'POST', { name })).room.slug,
    post: async (room, body) => (await ask(`/r/${room}/messages`, 'POST', { body })).n,
    live: async (room) => (await ask(`/r/${room}/messages?limit=1`)).live,
    async wait(room, cursor, wait_s) {
      const path = `/r/${room}/messages?after=${cursor}&wait=${wait_s}`
      const { events, next } = await ask(path)
      return { events: events.length, next }
    },
    async type(room) {
      await (await to(`/r/${room}/typing`, 'PUT')).body?.cancel()
    },
    async letSee(hints) {
      await (await to('/me', 'PATCH', { hints })).body?.cancel()
    },
    at: (other) => guestOf(other, cookie),
  }
}

async function send(url: string, method: string, body?: object, cookie = ''): Promise<Response> {
  const response = await fetch(url, {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json', cookie },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (response.ok) return response
  throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
}
