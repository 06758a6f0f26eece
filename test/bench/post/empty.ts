/**
 * The server with one more route: a POST that enters a room as somebody known, and does no more.
 * All that a post passes before its own work is passed by this one too.
 */
import { Refusal, signIn } from '../../../handlers/chat/refusal.ts'
import { readConfig } from '../../../handlers/config.ts'
import { represent } from '../../../handlers/http/representation.ts'
import { serve } from '../../../handlers/node.ts'
import { type Answer, answer, enterToWrite } from '../../../handlers/routes/context.ts'

const enter: Answer = async (c) => {
  const entry = await enterToWrite(c)
  if (entry instanceof Refusal) return entry
  if (!entry.person) return signIn()
  return represent(c, { json: () => '{}', fragment: () => '', text: () => '\n' }, { status: 201 })
}

const running = await serve(readConfig(process.env), {
  more: (app) => void app.post('/r/:room/empty', answer(enter)),
})
process.once('SIGTERM', () => void running.stop().then(() => process.exit()))
