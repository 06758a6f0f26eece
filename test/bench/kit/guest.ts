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

/** Makes many guests. @returns their cookies */
export async function createGuests(baseUrl: string, guests: number): Promise<string[]> {
  const cookies: string[] = []
  while (cookies.length < guests) {
    const many = Math.min(at_once, guests - cookies.length)
    const made = Array.from({ length: many }, () => createGuest(baseUrl, 'Guest'))
    cookies.push(...(await Promise.all(made)).map(({ cookie }) => cookie))
  }
  return cookies
}

function guestOf(baseUrl: string, cookie: string): Guest {
  const ask = async (path: string, method = 'GET', body?: object) =>
    (await send(baseUrl + path, method, body, cookie)).json()
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
