// @ts-check
import { createParser, listen, pause } from './event-stream.js'
import { createRetry } from './retry.js'

// The one request that is held for a browser: an event stream, or the long poll where something in
// between keeps a stream's bytes to itself.

/** The server's first bytes come at once, its heartbeats every 5 s. */
const FIRST_MS = 5_000
const SECOND_MS = 8_000
const SILENCE_MS = 16_000
/** What came within this of the first bytes came with them. */
const ALIVE_MS = 2_000
/** So many in a row that were refused or ended as they began are as bad as one that is held back. */
const LAME_MAX = 3
/** Then the poll is used for so long; the next network may be another one. */
const POLL_FOR_MS = 6 * 3_600_000

const WAIT_S = 25
const POLL_MS = 40_000
const ASK_MS = 10_000
/** While all tabs have been hidden for long nothing is held, and the server asked so often. */
const REST_MS = 60_000

/**
 * @typedef {{ room: string | null, after: string }} Place
 *   the open room, and the cursor to go on from; empty for from now on
 * @typedef {{ isUp: boolean, tries: number, status: number }} State
 *   `status` is of the last answer, 0 where none came
 * @typedef {{ room: string | null, html: string, from: string, to: string, isReset: boolean }} Batch
 *   what changed between two cursors
 * @typedef {{ room: string, last: number }} Head another room's newest number
 * @typedef {{
 *   begun(): void, batch(batch: Batch): void, head(head: Head): void, hint(hint: object): void,
 *   state(state: State): void, pollUntil(ms: number): void
 * }} Tell
 */

/**
 * A connection that stands still until it is led somewhere.
 * @param {Tell} tell is told of all that comes
 */
export function createConnection(tell) {
  /** @type {Place} */
  let place = { room: null, after: '' }
  /** @type {State} */
  let state = { isUp: false, tries: 0, status: 0 }
  let current = new AbortController()
  /** Something has come since it was last led, woken or tried again. */
  let isBegun = false
  let isFailed = false
  let isResting = false
  /** As `Date.now()`. */
  let pollUntil = 0
  let heardAt = 0
  let lame = 0
  /** What the server asked for by `Retry-After`. */
  let leastSeconds = 0
  /** Tells this browser's waits from those that the same person holds elsewhere. */
  const client = Math.random().toString(36).slice(2)
  const retry = createRetry(() => void run())

  async function run() {
    stop()
    isBegun = isFailed = false
    current = new AbortController()
    const { signal } = current
    while (!signal.aborted) {
      const status = await turn(signal)
      if (signal.aborted) return
      if (status !== 200) return failed(status)
    }
  }

  /**
   * Asks once, in the way that gets through.
   * @param {AbortSignal} signal
   * @returns {Promise<number>} 200 when it may be asked again at once
   */
  async function turn(signal) {
    if (isResting) {
      const status = await ask(signal, 0)
      if (status === 200) await pause(REST_MS, signal)
      return status
    }
    // The first look says at once whether the server is there.
    if (Date.now() < pollUntil) return ask(signal, state.isUp ? WAIT_S : 0)
    const status = await stream(signal)
    if (signal.aborted || lame < LAME_MAX) return status
    lame = 0
    const seen = await ask(signal, 0)
    if (seen === 200) learn(Date.now() + POLL_FOR_MS)
    return seen
  }

  /** @param {AbortSignal} signal */
  async function stream(signal) {
    const ear = listen(signal, FIRST_MS)
    let began = 0
    try {
      const answer = await fetch(address('&as=html'), asking('text/event-stream', ear.signal))
      if (!isOf(answer, 'text/event-stream') || !answer.body) {
        lame++
        return refused(answer)
      }
      const parse = createParser(take)
      const text = new TextDecoder()
      const reader = answer.body.getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        began ||= Date.now()
        up()
        ear.more(isAlive() ? SILENCE_MS : SECOND_MS)
        parse(text.decode(value, { stream: true }))
      }
      return isAlive() ? 200 : 0
    } catch {
      return 0
    } finally {
      if (isAlive()) learn(0)
      else if (ear.isTired()) lame = LAME_MAX
      else if (began && !signal.aborted) lame++
      ear.end()
    }

    function isAlive() {
      return began > 0 && heardAt - began > ALIVE_MS
    }
  }

  /** @param {import('./event-stream.js').Event} event */
  function take({ type, data, id }) {
    const { room, after } = place
    if (id) place.after = id
    if (!data) return
    const isReset = type === 'reset'
    if (isReset || type === 'message')
      tell.batch({ room, html: data, from: after, to: id, isReset })
    else if (type.startsWith('room.')) tell.head(JSON.parse(data))
    else if (type === 'hint') tell.hint(JSON.parse(data))
  }

  /**
   * One long poll, or a look without waiting.
   * @param {AbortSignal} signal
   * @param {number} seconds
   */
  async function ask(signal, seconds) {
    const ear = listen(signal, seconds ? POLL_MS : ASK_MS)
    const began = Date.now()
    try {
      const way = seconds ? `&wait=${seconds}` : ''
      const answer = await fetch(address(way), asking('text/html', ear.signal))
      const html = await answer.text()
      const [, to] = /[?&]after=([\w.-]+)/.exec(answer.headers.get('link') ?? '') ?? []
      // Between us and the server may stand a portal that answers everything with a page of its own.
      if (!isOf(answer, 'text/html') || !to) return refused(answer)
      const { room, after: from } = place
      place.after = to
      up()
      tell.batch({ room, html, from, to, isReset: answer.headers.get('hx-retarget') === '#talk' })
      // A server that is stopping answers at once, until it is gone.
      return seconds && to === from && Date.now() - began < ALIVE_MS ? 0 : 200
    } catch {
      return 0
    } finally {
      ear.end()
    }
  }

  /** @param {string} way */
  function address(way) {
    const open = place.room ? `&open=${place.room}` : ''
    const after = place.after ? `&after=${place.after}` : ''
    return `/me/events?client=${client}${open}${after}${way}`
  }

  /** @param {Response} answer */
  function refused(answer) {
    leastSeconds = Number(answer.headers.get('retry-after')) || 0
    return answer.ok ? 0 : answer.status
  }

  function up() {
    heardAt = Date.now()
    retry.done()
    if (!isBegun) tell.begun()
    isBegun = true
    if (!state.isUp || state.tries) set({ isUp: true, tries: 0, status: 200 })
  }

  /** @param {number} status */
  function failed(status) {
    // Nobody has to be asked again who is not let in.
    if (status !== 401 && status !== 404) retry.later(leastSeconds)
    leastSeconds = 0
    isFailed = true
    set({ isUp: false, tries: retry.tries, status })
  }

  /** @param {State} now */
  function set(now) {
    state = now
    tell.state(state)
  }

  /** @param {number} until */
  function learn(until) {
    lame = 0
    if (pollUntil === until) return
    pollUntil = until
    tell.pollUntil(until)
  }

  function stop() {
    current.abort()
    retry.stop()
  }

  return {
    stop,
    run,
    /** Goes on from another place. @param {Place} to */
    lead(to) {
      place = { ...to }
      // What was refused was another place.
      state = { ...state, status: 0 }
      run()
    },
    /** Asks again if the last try failed, or what is held may be dead: after sleep nobody tells. */
    wake() {
      const isSilent = Date.now() - heardAt > (pollUntil ? POLL_MS : SILENCE_MS)
      if (isFailed || (isBegun && isSilent)) run()
    },
    /** @param {boolean} now nothing is held while it rests, and the server asked now and then */
    rest(now) {
      if (isResting === now) return
      isResting = now
      run()
    },
    /** Where a browser has learned to poll. @param {number} until as `Date.now()` */
    poll(until) {
      pollUntil = Math.max(pollUntil, until)
    },
    get place() {
      return place
    },
    get state() {
      return state
    },
  }
}

/**
 * @param {string} accept
 * @param {AbortSignal} signal
 * @returns {RequestInit}
 */
const asking = (accept, signal) => ({
  headers: { accept, ...(accept === 'text/html' ? { 'HX-Request': 'true' } : {}) },
  cache: 'no-store',
  signal,
})

/**
 * @param {Response} answer
 * @param {string} type
 */
const isOf = (answer, type) =>
  answer.ok && (answer.headers.get('content-type') ?? '').startsWith(type)
