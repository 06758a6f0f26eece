// @ts-check
import { createConnection } from './connection.js'

// One connection for all tabs of a browser, in a SharedWorker: that needs neither a secure context
// nor an election. Where there is none, a tab runs this for itself.

/** All tabs hidden for so long: nothing is held any more. */
const HIDDEN_MS = 5 * 60_000

/**
 * Where a tab stands: said when it comes, when it is looked at or hidden, and now and then.
 * @typedef {{
 *   room: string | null, after: string, me: string,
 *   isHidden: boolean, isLooked: boolean, pollUntil: number
 * }} Stand
 *   `room` is null where no talk goes on; `isLooked`: somebody has just come to look at it
 * @typedef {Stand & { looks: number, isShut: boolean }} Tab
 */

/** @type {Map<MessagePort, Tab>} */
const tabs = new Map()
/** What was told last of each room, for tabs that come later. @type {Map<string, import('./connection.js').Head>} */
const heads = new Map()
let looks = 0
let me = ''
let isHeld = false
/** @type {ReturnType<typeof setTimeout> | undefined} */
let hidden

const connection = createConnection({
  begun: () => tell({ begun: connection.place.room }),
  batch(batch) {
    // The numbers may be those of another database.
    if (batch.isReset) heads.clear()
    for (const tab of tabs.values()) if (tab.room === batch.room) tab.after = batch.to
    tell({ batch })
  },
  head(head) {
    heads.set(head.room, head)
    tell({ head })
  },
  hint: (hint) => tell({ hint, room: connection.place.room }),
  state(state) {
    const { room } = connection.place
    tell({ state, room })
    if (room && (state.status === 401 || state.status === 404)) shut(room)
  },
  pollUntil: (pollUntil) => tell({ pollUntil }),
})

/** @param {object} said */
const tell = (said) => {
  for (const port of tabs.keys()) port.postMessage(said)
}

/**
 * Takes a tab in.
 * @param {MessagePort} port says where it stands, and null when it goes
 */
export function take(port) {
  port.onmessage = ({ data }) => {
    if (data) stand(port, data)
    else leave(port)
  }
  // Of a tab that crashed, where browsers tell.
  port.addEventListener('close', () => leave(port))
}

/**
 * @param {MessagePort} port
 * @param {Stand} now
 */
function stand(port, now) {
  const before = tabs.get(port)
  const tab = { looks: 0, isShut: false, ...before, ...now }
  tabs.set(port, tab)
  if (now.isLooked) {
    tab.looks = ++looks
    tab.isShut = false
  }
  connection.poll(now.pollUntil)
  // Who takes a name does so on a new page, while the connection is of who they were.
  if (!before && now.me !== me) {
    me = now.me
    heads.clear()
    isHeld = false
  }
  follow()
  // The page may be newer than what was told before it came.
  if (!before)
    for (const head of heads.values()) port.postMessage({ head: { ...head, isOld: true } })
  const last = heads.get(now.room ?? '')?.last
  if (before && last) port.postMessage({ head: { room: now.room, last } })
  port.postMessage({ state: connection.state, ...connection.place })
}

/** @param {MessagePort} port */
function leave(port) {
  tabs.delete(port)
  port.close()
  follow()
}

/** Holds what the tabs need: the room that was looked at last is the open one. */
function follow() {
  const all = [...tabs.values()]
  const isSeen = all.some((tab) => !tab.isHidden)
  if (isSeen) clearTimeout(hidden)
  hidden = isSeen ? undefined : (hidden ?? setTimeout(() => connection.rest(isHeld), HIDDEN_MS))
  if (isSeen) connection.rest(false)
  const looked = all.sort((a, b) => b.looks - a.looks)
  const open = looked.find((tab) => tab.room && !tab.isShut) ?? looked.find((tab) => !tab.room)
  const { room = null, after = '' } = open ?? {}
  if (all.length === 0) connection.stop()
  else if (isHeld && room === connection.place.room) connection.wake()
  else connection.lead({ room, after })
  isHeld = all.length > 0
}

/** A room that is not open to us, until somebody looks at it again. @param {string} room */
function shut(room) {
  for (const tab of tabs.values()) if (tab.room === room) tab.isShut = true
  follow()
}

addEventListener('online', () => {
  if (isHeld) connection.run()
})
addEventListener('connect', (event) => {
  const [port] = /** @type {MessageEvent} */ (event).ports
  if (port) take(port)
})
