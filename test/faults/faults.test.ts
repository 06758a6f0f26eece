import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { docker } from '../bench/kit/compose.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { bellsOfPosts, endListeners, listeners, ringBells, silenceBells } from './bells.ts'
import { inWords, type Outcome, reportOf } from './report.ts'
import { type Fault, hasStreams, postsLeast, underLoad } from './scenario.ts'
import * as stack from './stack.ts'
import { openUnread } from './unread.ts'

const limit_s = 150
const faults = suite('what befalls the stack under load', limit_s)

const outcomes: Outcome[] = []
/** Messages that follow a piece of harm before the next one: about two seconds of talk. */
const some = 12
const logLines = 40

faults.before(async () => {
  const streams = await hasStreams('lobby')
  console.log(
    streams
      ? '  Half of the clients read event streams, half poll.'
      : '  The server offers no event stream: all clients poll.',
  )
})

faults.before.each(stack.mend)

faults.after(() => console.log(`\n${reportOf(outcomes)}`))

/** Lets a fault happen; every message that was acknowledged must have reached everybody. */
async function survive(scenario: string, fault: Fault): Promise<Outcome> {
  const begun_ms = Date.now()
  const outcome = await underLoad(scenario, fault)
  outcomes.push(outcome)
  try {
    nothingLost(outcome)
  } catch (error) {
    console.error(await stack.logs(begun_ms, logLines))
    throw error
  }
  return outcome
}

function nothingLost(outcome: Outcome): void {
  assert.ok(outcome.posted >= postsLeast, `only ${outcome.posted} messages were posted`)
  assert.is(outcome.acknowledged, outcome.posted, 'messages acknowledged')
  assert.is(outcome.delivered, outcome.expected, 'messages delivered')
  assert.is(outcome.doubled, 0, 'messages delivered twice')
  assert.is(outcome.disordered, 0, 'messages delivered out of order')
  assert.is(outcome.differing, 0, 'messages with another text')
  assert.equal(outcome.wrongStored, [])
}

function noError({ waitErrors, postErrors }: Outcome): void {
  assert.is(`waits: ${inWords(waitErrors)}`, 'waits: none')
  assert.is(`posts: ${inWords(postErrors)}`, 'posts: none')
}

faults('backends that are killed one after another lose nothing', async () => {
  await survive('kill -9, in turn', async (more) => {
    for (const one of await stack.backends()) {
      const before = await stack.restarts(one)
      await stack.killHard(one)
      await more(some)
      await until(async () => (await stack.restarts(one)) > before)
      await until(() => stack.isReady(one))
    }
    return undefined
  })
})

faults('a database that is restarted loses nothing', async () => {
  await survive('database restart', async () => {
    await stack.compose('restart', 'db')
    return undefined
  })
})

faults('doorbells whose connections are ended again and again lose nothing', async () => {
  await survive('LISTEN ended, five times', async (more) => {
    let ended = 0
    for (let round = 0; round < 5; round++) {
      await untilListening()
      ended += await endListeners()
      await more(some)
    }
    assert.ok(ended >= 5 * stack.backends_usual, `${ended} connections that listened`)
    return `${ended} connections ended`
  })
})

faults('without any notification messages come with the sweep', async () => {
  const sweepsMost = 4
  assert.ok((await bellsOfPosts()) > 0, 'a bell rings where nothing is done to it')
  await silenceBells()
  try {
    await untilListening()
    assert.is(await bellsOfPosts(), 0, 'bells that were heard all the same')
    const { gap_ms } = await survive('no NOTIFY', async (more) => {
      await more(2 * some)
      return undefined
    })
    // Two, and as much again for a machine that is busy.
    assert.ok(gap_ms <= sweepsMost * limits.sweepMs, `the last came after ${gap_ms} ms`)
  } finally {
    await ringBells()
  }
})

faults('a client that never reads costs the others nothing, and little memory', async () => {
  const [waves, growthMost_mib] = [3, 192]
  const outcome = await survive('clients that never read', async () => {
    const unread = await openUnread()
    try {
      // What the first wave takes is the garbage of so many answers; the next ones take its place.
      await unread.wave()
      const before = await stack.memory_mib()
      for (let wave = 1; wave < waves; wave++) await unread.wave()
      const after = await stack.memory_mib()
      const said = `MiB in the backends ${inMiB(before)}, then ${inMiB(after)}`
      const grown = after.map((now, at) => now - (before[at] ?? 0))
      assert.ok(Math.max(...grown) < growthMost_mib, said)
      return `${Math.round(unread.left_mib())} MiB left unread; ${said}`
    } finally {
      unread.end()
    }
  })
  noError(outcome)
})

const inMiB = (figures: number[]) => figures.map((mib) => Math.round(mib)).join(', ')

faults('backends that are restarted one after another are noticed by nobody', async () => {
  const outcome = await survive('rolling restart', async () => {
    for (const one of await stack.backends()) await stack.restart(one)
    return undefined
  })
  noError(outcome)
})

faults('backends that come and go are noticed by nobody', async () => {
  const outcome = await survive('scale 3, 5, 2, 3', async (more) => {
    for (const count of [5, 2, 3]) {
      await stack.scale(count)
      await more(some)
    }
    return undefined
  })
  noError(outcome)
})

faults('the workers before a reload stay for longer than a stream or a wait lives', async () => {
  const config = await readFile(new URL('../../nginx/nginx.conf', import.meta.url), 'utf8')
  const [, minutes] = /^worker_shutdown_timeout (\d+)m;$/m.exec(config) ?? []
  assert.ok(Number(minutes) * 60_000 > Math.max(limits.streamMs, limits.waitSeconds * 1000))
})

faults('an nginx that reads its configuration anew is noticed by nobody', async () => {
  const outcome = await survive('nginx -s reload, twice', async (more) => {
    for (let times = 0; times < 2; times++) {
      await stack.reload()
      await more(2 * some)
    }
    return undefined
  })
  noError(outcome)
})

faults('a backend that stands still for a while loses nothing', async () => {
  await survive('backend paused, 10 s', async () => {
    const [one = ''] = await stack.backends()
    await docker('pause', one)
    await sleep(10_000).finally(() => docker('unpause', one))
    return undefined
  })
})

faults(
  'a large file that no backend is there to take is refused in the words of any other request',
  async () => {
    await stack.compose('stop', 'backend')
    try {
      const body = new FormData()
      body.append('file', new Blob([new Uint8Array(1_000_000)]), 'large.bin')
      const headers = { accept: 'application/json' }
      const to = `${process.env.BASE_URL}/r/lobby/files`
      const answer = await fetch(to, { method: 'POST', headers, body })
      const problem = await answer.text()
      assert.is(answer.status, 503, problem)
      assert.is(JSON.parse(problem).code, 'unavailable')
    } finally {
      await stack.compose('start', 'backend')
    }
  },
)

/** Comes back when each backend has its doorbell. */
const untilListening = () => until(async () => (await listeners()) >= stack.backends_usual)

faults.run()
