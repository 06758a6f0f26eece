/**
 * uvu's `suite`, with what uvu lets pass made to fail: a hook that throws, a test that never
 * settles, a forgotten `.run()`, a suite without a test. The only file that imports `uvu`;
 * assertions come from `uvu/assert`.
 */
import { type Test, type uvu, suite as uvuSuite } from 'uvu'
import { describe, now, type SuiteRecord, suites, tell, within } from './runner/record.ts'

type Outcome = [errors: string | true, passed: number, skipped: number, total: number]
type Body = uvu.Callback<Record<string, unknown>>

/** Tests may put another clock in the place of this one. */
const clock_ms = performance.now.bind(performance)

declare global {
  var UVU_QUEUE: [name: string | null, ...runs: (() => Promise<Outcome>)[]][]
  var UVU_INDEX: number | undefined
}

/**
 * A named list of tests; call `.run()` on it after the last one.
 * @param name what is tested
 * @param limit_s seconds that each of its tests and hooks may take, the runner's `--limit` if not given
 */
export function suite(name: string, limit_s: number = now.limit_s): Test<Record<string, unknown>> {
  const inner = uvuSuite<Record<string, unknown>>(name)
  const record: SuiteRecord = { name, file: now.file, waiting: 0, runs: 0, problems: [] }
  suites.push(record)
  const timed = (title: string, body: Body): Body => {
    const where = `"${title}" of ${name}`
    return (context) => within(where, limit_s, () => body(context))
  }
  const measured = (title: string, body: Body): Body => {
    const run = timed(title, body)
    return async (context) => {
      const begun_ms = clock_ms()
      const told = () => {
        tell({ kind: 'test', title, suite: name, seconds: (clock_ms() - begun_ms) / 1000 })
      }
      await Promise.resolve(run(context)).finally(told)
    }
  }
  const add = (title: string, body: Body) => {
    record.waiting++
    inner(title, measured(title, body))
  }
  return Object.assign(add, hooks(inner, record, timed), {
    only(title: string, body: Body) {
      record.waiting++
      tell({ kind: 'only', where: `"${title}" of ${name}` })
      inner.only(title, measured(title, body))
    },
    skip(title?: string, body?: Body) {
      record.waiting++
      inner.skip(title, body)
    },
    run() {
      record.waiting = 0
      record.runs++
      inner.run()
      count(record)
    },
  })
}

/** uvu's hooks, timed, and their errors noted where uvu would swallow them. */
function hooks(
  inner: Test<Record<string, unknown>>,
  record: SuiteRecord,
  timed: (title: string, body: Body) => Body,
): Pick<Test<Record<string, unknown>>, 'before' | 'after'> {
  const noted =
    (title: string, body: Body): Body =>
    async (context) => {
      try {
        await timed(title, body)(context)
      } catch (error) {
        record.problems.push(`${title} of ${record.name}: ${describe(error)}`)
        if (title === 'before') throw error
      }
    }
  const before = Object.assign((body: Body) => inner.before(noted('before', body)), {
    each: (body: Body) => inner.before.each(timed('before.each', body)),
  })
  const after = Object.assign((body: Body) => inner.after(noted('after', body)), {
    each: (body: Body) => inner.after.each(noted('after.each', body)),
  })
  return { before, after }
}

/** Puts a counter around what `.run()` has just queued, so that the runner hears how it went. */
function count(record: SuiteRecord): void {
  const queue = globalThis.UVU_QUEUE[globalThis.UVU_INDEX ?? 0]
  const run = queue?.pop()
  if (!queue || typeof run !== 'function') throw new Error('uvu queues its suites in another way')
  queue.push(async () => {
    const [errors, passed, skipped, total] = await run()
    const problems = record.problems.splice(0)
    if (total + skipped === 0) problems.push(`${record.name} holds no test`)
    const failed = total - passed + (passed === total ? problems.length : 0)
    const said = problems.map((problem) => `  FAIL  ${problem}\n`).join('')
    const all = `${errors === true ? '' : errors}${said}`
    tell({ kind: 'suite', passed, failed, skipped, errors: all })
    return [all || true, passed, skipped, total]
  })
}
