/** One line for each event: time, level, what, and its details as `key=value`. */
export type Log = Record<Level, (event: string, details?: Details) => void>

type Level = 'info' | 'warn' | 'error'
/** Nothing personal and nothing secret: no names, addresses, cookies, bodies or query strings. */
type Details = Record<string, string | number | boolean | undefined>

/**
 * @param format `text` for people, `json` for log collectors.
 * @param write takes each line without its line break.
 */
export function createLog(
  format: 'text' | 'json',
  write: (line: string) => void = gathered((lines) => process.stdout.write(lines)),
): Log {
  const line = format === 'json' ? jsonLine : textLine
  const at =
    (level: Level) =>
    (event: string, details: Details = {}) => {
      write(line(new Date(), level, event, details))
    }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}

/**
 * Hands over the lines of one turn together: each writing to a pipe is waited for, and with a line
 * for each request that would be a good part of what a request costs.
 */
function gathered(print: (lines: string) => void): (line: string) => void {
  let lines = ''
  const flush = () => {
    const printed = lines
    lines = ''
    if (printed !== '') print(printed)
  }
  // What was logged last says why a process ends.
  process.once('exit', flush)
  return (line) => {
    if (lines === '') setImmediate(flush)
    lines += `${line}\n`
  }
}

/** For tests and tools that have nothing to say. */
export const silentLog: Log = createLog('text', () => {})

/** What an error says, in a line: some have a code alone, and WebSockets fail with an event. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  if ('message' in error && error.message) return String(error.message)
  if ('code' in error && error.code) return String(error.code)
  return error.constructor.name
}

function textLine(now: Date, level: Level, event: string, details: Details): string {
  const rest = Object.entries(details)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${quoted(String(value))}`)
  return `${now.toISOString().slice(11, 23)} ${level.padEnd(5)} ${event}${rest.join('')}`
}

function jsonLine(now: Date, level: Level, event: string, details: Details): string {
  return JSON.stringify({ time: now.toISOString(), level, event, ...details })
}

/** A value with spaces or control characters cannot pretend to be another line or key. */
const quoted = (value: string) => (/^[\w./:*+-]+$/.test(value) ? value : JSON.stringify(value))
