/** The floors and the peers that are programs of the benchmark's own. */
import { bundle } from '../kit/bundle.ts'
import { startScript, told } from '../kit/program.ts'
import { before_first } from '../waiters/marks.ts'
import type { Way } from '../waiters/tally.ts'
import type { Contestant, Serving } from './contestant.ts'
import { cursorOf, type Sample } from './servers/sample.ts'

/**
 * @param sample the bytes that all of them answer
 * @param cookies are sent to them as to Natter; they do not look at them
 */
export function beside(sample: Sample, cookies: string[]): Contestant[] {
  const one = (name: string, way: Way, file: string): Contestant => ({
    name,
    way,
    kind: way === 'stream' || way === 'socket.io websocket' ? 'stream' : 'poll',
    isWanted: false,
    start: () => start(new URL(`./servers/${file}`, import.meta.url), sample, cookies),
  })
  const floor = { isFloor: true, isWanted: true }
  return [
    { ...one('node:http, long poll', 'poll', 'bare-poll.ts'), ...floor },
    { ...one('node:http, event stream', 'stream', 'bare-stream.ts'), ...floor },
    one('socket.io, polling', 'socket.io polling', 'socketio.ts'),
    one('socket.io, websocket', 'socket.io websocket', 'socketio.ts'),
  ]
}

async function start(file: URL, sample: Sample, cookies: string[]): Promise<Serving> {
  const program = startScript(await bundle(file))
  program.child.send(sample)
  const port = await told<number>(program)
  const baseUrl = `http://127.0.0.1:${port}`
  let newest = before_first
  return {
    baseUrl,
    cookies,
    async now() {
      const cursor = cursorOf(sample, newest)
      return { cursor, path: `/r/fanout-0000000/messages?after=${cursor}&wait=25` }
    },
    async publish(number) {
      newest = number
      const response = await fetch(`${baseUrl}/publish`, { method: 'POST', body: String(number) })
      if (!response.ok) throw new Error(`${baseUrl} took no number: ${response.status}`)
    },
    pids: [program.pid],
    collects: true,
    stop: program.stop,
  }
}
