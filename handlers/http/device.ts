import Bowser from 'bowser'
import type { Context } from 'hono'

/** What somebody knows their browser by among others, such as `Firefox on Linux`. */
export const deviceOf = (c: Context): string => deviceIn(c.req.header('user-agent'))

/** The same, of a `User-Agent` header. A name of few kinds, so that nothing of the header is kept. */
export function deviceIn(agent: string | undefined): string {
  if (!agent) return 'A program'
  const parser = Bowser.getParser(agent.slice(0, AGENT_CHARS))
  const browser = parser.getBrowserName()
  const system = parser.getOSName()
  if (!browser) return 'A program'
  return system ? `${browser} on ${system}` : browser
}

const AGENT_CHARS = 512
