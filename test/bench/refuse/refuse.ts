/** What it costs to refuse those who try passwords, and whether the people themselves get in meanwhile. */

import { type Backend, startBackend } from '../kit/backend.ts'
import { type Bench, type Context, countOf, type Report } from '../kit/bench.ts'
import { count, microseconds, milliseconds, percentile, ratio } from '../kit/figures.ts'
import { openStore } from '../kit/store.ts'
import { processUsage } from '../kit/usage.ts'

const PASSWORD = 'a few plain words'

/** Tries that are under way at once, from as many addresses as there are tries. */
const at_once = 64

/** While they go on, the account's own person signs in so often from their device. */
const own_tries = 4

type Round = {
  name: string
  tries: number
  cpu_s: number
  /** How many were answered with each status. */
  statuses: Map<number, number>
  /** How long each of the person's own sign-ins took; of those that failed, NaN. */
  own_ms: number[]
}

export const refuse: Bench = {
  name: 'refuse',
  shows: 'what wrong sign-ins cost, and that their account’s person gets in meanwhile',
  options: { tries: { says: 'wrong sign-ins for refuse to make', standard: '10000' } },
  async run(context) {
    const store = await openStore()
    try {
      const env = { ...store.env, TRUSTED_PROXIES: '127.0.0.1' }
      const backend = await startBackend(env)
      try {
        return report(store.what, await rounds(context, backend))
      } finally {
        await backend.stop()
      }
    } finally {
      await store.close()
    }
  },
}

async function rounds(context: Context, backend: Backend): Promise<Round[]> {
  const tries = countOf(context, 'tries')
  const device = await makeAccount(backend)
  const at = (i: number) => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`
  const wrong = (name: (i: number) => string) => (i: number) =>
    send(backend, '/sessions', { name: name(i), password: 'wrong wrong wrong' }, at(i))
  const own = () =>
    send(backend, '/sessions', { name: 'ann', password: PASSWORD }, '10.0.0.1', device)
  context.say(`${count(tries)} requests each: empty, of one name, of made-up names`)
  const health = () => fetch(`${backend.baseUrl}/healthz`).then(({ status }) => status)
  return [
    await round(backend, 'floor: GET /healthz', tries, health),
    await round(
      backend,
      'one account, wrong passwords',
      tries,
      wrong(() => 'ann'),
      own,
    ),
    await round(
      backend,
      'names that nobody has',
      tries,
      wrong((i) => `nobody ${i}`),
      own,
    ),
  ]
}

/** @returns the cookie by which the device is known again */
async function makeAccount({ baseUrl }: Backend): Promise<string> {
  const answer = await fetch(`${baseUrl}/accounts`, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'ann', password: PASSWORD }),
  })
  if (answer.status !== 201) throw new Error(`No account: ${await answer.text()}`)
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '')
  return cookies.find((cookie) => cookie.startsWith('natter_device=')) ?? ''
}

async function send(
  { baseUrl }: Backend,
  path: string,
  body: object,
  address: string,
  cookie = '',
): Promise<number> {
  const answer = await fetch(baseUrl + path, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'x-forwarded-for': address,
      cookie,
    },
    body: JSON.stringify(body),
  })
  await answer.arrayBuffer()
  return answer.status
}

async function round(
  { pid }: Backend,
  name: string,
  tries: number,
  attempt: (i: number) => Promise<number>,
  own?: () => Promise<number>,
): Promise<Round> {
  const statuses = new Map<number, number>()
  const before = await processUsage(pid)
  let next = 0
  let isOver = false
  const work = async () => {
    for (let i = next++; i < tries; i = next++) {
      const status = await attempt(i)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  const own_ms: number[] = []
  const person = async () => {
    while (own && !isOver && own_ms.length < own_tries) {
      const began = performance.now()
      const status = await own()
      own_ms.push(status === 201 ? performance.now() - began : Number.NaN)
    }
  }
  const strangers = Promise.all(Array.from({ length: at_once }, work)).then(() => {
    isOver = true
  })
  await Promise.all([strangers, person()])
  const { cpu_s } = await processUsage(pid)
  return { name, tries, cpu_s: cpu_s - before.cpu_s, statuses, own_ms }
}

function report(server: string, all: Round[]): Report {
  const floor = all[0] as Round
  return {
    server: `one backend process, ${server}`,
    tables: [
      {
        columns: ['', 'answers', 'CPU', 'each', 'to floor', 'own sign-ins', 'the slowest'],
        rows: all.map((one) => [
          one.name,
          [...one.statuses].map(([status, n]) => `${count(n)} × ${status}`).join(', '),
          `${one.cpu_s.toFixed(1)} s`,
          microseconds(one.cpu_s / one.tries),
          ratio(one.cpu_s / one.tries, floor.cpu_s / floor.tries),
          one.own_ms.length === 0
            ? '–'
            : `${one.own_ms.filter(Number.isFinite).length} of ${one.own_ms.length}`,
          one.own_ms.length === 0 ? '–' : milliseconds(percentile(one.own_ms, 1)),
        ]),
      },
    ],
    notes: [
      `Each request is from an address of its own, ${at_once} at once. The person's own sign-ins, from a device that was signed in before, count into the CPU: each is a hash, as are the first tries of an account and those of names that wait their turn.`,
    ],
  }
}
