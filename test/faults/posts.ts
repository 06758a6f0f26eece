/** People who post at a steady pace, each message with a nonce, until it is acknowledged. */
import { Agent, type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../../handlers/limits.ts'
import { type Guest, word } from '../stack/client.ts'
import { add, clock_ms, type Errors } from './crowd/tally.ts'

/** A message of which the server has said that it is stored. */
export type Acknowledged = { room: string; n: number; nonce: string; text: string; at_ms: number }

/** What has been posted so far. */
export type Posted = {
  posted: number
  acknowledged: Acknowledged[]
  errors: Errors
}

/** A failed post is sent again within this time. */
const again_ms = 400

/** As long as the server may take for a post in the worst case, a message is sent again and again. */
export const patience_ms = 45_000

/** Posts one message, again and again until it is acknowledged or `patience_ms` have passed. */
export async function postOnce(to: Posted, author: Guest, room: string, agent: Agent | false) {
  const nonce = word()
  const text = `${nonce} says ${author.name}`
  const asking: Asking = { author, room, agent, body: JSON.stringify({ body: text, nonce }) }
  const until_ms = clock_ms() + patience_ms
  to.posted++
  while (clock_ms() < until_ms) {
    const answer = await send(asking).catch(wordOf)
    if (typeof answer !== 'string' && answer.status < 300) {
      const { n } = JSON.parse(answer.text) as { n: number }
      to.acknowledged.push({ room, n, nonce, text, at_ms: clock_ms() })
      return
    }
    add(to.errors, typeof answer === 'string' ? answer : String(answer.status))
    await sleep(Math.random() * again_ms)
  }
}

export type Talkers = {
  posted: Posted
  /** Ends the talk; comes back when all that was posted is acknowledged, or never will be. */
  stop(): Promise<void>
}

/**
 * Lets people talk. Every second of them keeps its connection, as browsers do; the others take a new
 * one for each message, as `curl` does.
 * @param pause_ms from one message of a person to the next, at most
 */
export function talk(authors: Guest[], room: string, pause_ms: number): Talkers {
  const posted: Posted = { posted: 0, acknowledged: [], errors: {} }
  const agents: Agent[] = []
  let stopped = false
  const talks = authors.map(async (author, at) => {
    const agent = at % 2 === 0 && new Agent({ keepAlive: true, maxSockets: 1 })
    if (agent) agents.push(agent)
    while (!stopped) {
      await Promise.all([postOnce(posted, author, room, agent), sleep(pause_ms)])
    }
  })
  return {
    posted,
    async stop() {
      stopped = true
      await Promise.all(talks)
      for (const agent of agents) agent.destroy()
    },
  }
}

type Asking = { author: Guest; room: string; agent: Agent | false; body: string }

/** Rejects with an error that has a code, or with `timeout`. */
function send({ author, room, agent, body }: Asking): Promise<{ status: number; text: string }> {
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    cookie: author.cookie,
  }
  const url = `${process.env.BASE_URL}/r/${room}/messages`
  const signal = AbortSignal.timeout(limits.postTimeoutMs)
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent, signal }, (answer) => {
      read(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text }), reject)
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

async function read(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function wordOf(error: NodeJS.ErrnoException): string {
  return error.name === 'AbortError' || error.name === 'TimeoutError'
    ? 'timeout'
    : (error.code ?? error.message)
}
