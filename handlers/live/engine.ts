import { readServer, type Server } from '../chat/server.ts'
import { databaseIsAway, type Sql } from '../chat/sql.ts'
import type { Bell, Doorbell } from './doorbell.ts'
import { HeadsFeed } from './heads.ts'
import { Hinting } from './hinting.ts'
import { Hub } from './hub.ts'
import { Known } from './known.ts'
import { SERVER_LOG } from './log.ts'
import { type ServerEvent, ServerLog } from './server-log.ts'
import { Sweep } from './sweep.ts'

/** All that waits and wakes in an instance. */
export type Engine = {
  hub: Hub
  /** Tells of rooms that move while another one is open. */
  heads: HeadsFeed
  known: Known
  /** What the database says of itself; read anew with each connection of the doorbell. */
  server: () => Server
  /** Tells this instance and the others that a log has reached a number; room 0 is the server's. */
  announce: (roomId: number, seq: number) => void
  /** Who types and who is here; null where instances have no way to tell each other. */
  hinting: Hinting | null
  /** Ends all waits, over so many milliseconds. */
  release(spreadMs: number): Promise<void>
  /** Stops the doorbell and the sweep; what was rung last still goes out. */
  stop(): Promise<void>
}

const rethrown = (tell: (error: unknown) => void) => (error: unknown) => {
  tell(error)
  throw error
}

type Parts = {
  sql: Sql
  createBell: (bell: Bell) => Doorbell
  /** How often to look for what the doorbell may have missed; null where the bell itself looks. */
  sweepMs: number | null
  /** Whether the bell carries hints. */
  hints: boolean
  onState: NonNullable<Bell['onState']>
  /** Is told of what failed for another reason than an absent database. */
  onError: (error: unknown) => void
}

/** Opens the hub, the memory of people and the server's log, and lets them be woken. */
export async function openEngine(parts: Parts): Promise<Engine> {
  const { sql, createBell, sweepMs, hints, onState, onError } = parts
  let server = await readServer(sql)
  const failed = (error: unknown) => {
    if (!databaseIsAway(error)) onError(error)
  }
  const hub = new Hub(sql, failed, (seq) => log.reached(seq))
  const heads = new HeadsFeed(sql, failed)
  const forget = () => {
    known.forget()
    hub.endOfAll(log.moves)
  }
  const log = new ServerLog({
    sql,
    begin: server.lastSeq,
    onEvent: (event) => takeEvent(event, { known, hub, hinting, renew, moves: log.moves }),
    onLost: forget,
    onError: failed,
  })
  const known = new Known(log)
  const sweeping = new Sweep(sql, [known.beside(hub), hub, log])
  const sweep = async () => {
    void heads.sweep()
    if (hub.held > 0) log.isTrusted() // So it is swept: whose session ends is to be told.
    await sweeping.now().catch(rethrown(failed))
  }
  const renew = () =>
    readServer(sql).then((now) => {
      if (isAnother(now, server)) {
        forget()
        heads.restart()
      }
      server = now
    }, failed)
  const advance = (roomId: number, seq: number) => {
    if (roomId === SERVER_LOG) return log.advance(seq)
    hub.advance(roomId, seq)
    heads.nudge()
  }
  const bell = createBell({
    onRing: advance,
    onHint: (roomId, words) => hinting?.heard(roomId, words),
    onMissed: sweep,
    onState: (state, error) => {
      if (state === 'listening') void renew()
      onState(state, error)
    },
  })
  const ring = (roomId: number, words: string) => bell.hint(roomId, words)
  const hinting = hints ? new Hinting({ hub, log, sweep: sweeping, ring }) : null
  const timer = sweepMs === null ? undefined : setInterval(() => sweep().catch(() => {}), sweepMs)
  return {
    hub,
    heads,
    known,
    server: () => server,
    announce: (roomId, seq) => {
      advance(roomId, seq)
      bell.ring(roomId, seq)
    },
    hinting,
    release: (spreadMs) => hub.stop(spreadMs),
    stop: () => {
      clearInterval(timer)
      hinting?.stop()
      heads.stop()
      return bell.stop()
    },
  }
}

/** Another database, or an older copy of it: nobody in it need be who they were. */
const isAnother = (now: Server, before: Server): boolean =>
  now.word !== before.word || (now.secret !== before.secret && now.secretBefore !== before.secret)

/** What the server says of itself is read anew by `renew`; `moves` are those of its log. */
type Taking = { renew: () => unknown; moves: number }

/** What a change of the server means for those who are remembered here, and who wait. */
function takeEvent(
  { type, personId, roomId }: ServerEvent,
  { known, hub, hinting, renew, moves }: Pick<Engine, 'known' | 'hub' | 'hinting'> & Taking,
): void {
  if (type === 'secret.changed') {
    renew()
    return
  }
  if (personId !== null) {
    known.forgetPerson(personId)
    if (type === 'hints.changed') hinting?.presence.hide(personId)
    if (type !== 'person.changed') hub.endOf(personId, moves)
    return
  }
  known.forget()
  if (roomId !== null) hub.endOfRoom(roomId, moves)
  else hub.endOfAll(moves)
}
