/** What is seen of a run while it goes on. */
import type { Outcome } from './outcome.ts'
import type { Job } from './plan.ts'

export type Progress = {
  begin(job: Job): void
  /** What a file prints, where that is shown as it comes. */
  output(text: string): void
  end(outcome: Outcome): void
  /** Leaves the terminal as it was. */
  stop(): void
}

/**
 * Prints a line for each file as it ends, and all that a failed one has printed. On a terminal the
 * last line says how far the run is.
 * @param isVerbose whether what files print is shown as it comes, not only that of failed ones
 */
export function showProgress(total: number, isVerbose: boolean): Progress {
  const begun_ms = Date.now()
  const running = new Set<string>()
  const isTerminal = process.stdout.isTTY
  let [done, tests, failed] = [0, 0, 0]

  const clear = () => {
    if (isTerminal) process.stdout.write('\r\u001b[K')
  }
  const draw = () => {
    if (!isTerminal) return
    const seconds = Math.round((Date.now() - begun_ms) / 1000)
    const wrong = failed > 0 ? `, ${failed} failed` : ''
    const line = `${done}/${total} files, ${tests} tests${wrong}, ${seconds} s: ${[...running].join(' ')}`
    clear()
    process.stdout.write(line.slice(0, (process.stdout.columns ?? 80) - 1))
  }
  const clock = isTerminal ? setInterval(draw, 1000) : undefined
  clock?.unref()
  return {
    begin({ file }) {
      running.add(file)
      draw()
    },
    output(text) {
      if (!isVerbose) return
      clear()
      process.stdout.write(text)
    },
    end(outcome) {
      running.delete(outcome.file)
      done++
      tests += outcome.passed + outcome.failed
      failed += outcome.failed
      clear()
      printFile(outcome, isVerbose)
      draw()
    },
    stop() {
      clearInterval(clock)
      clear()
    },
  }
}

function printFile(
  { file, passed, failed, seconds, output, failures }: Outcome,
  isVerbose: boolean,
) {
  const verdict = failed > 0 ? 'FAIL' : 'ok  '
  const count = failed > 0 ? `${passed} passed, ${failed} failed` : `${passed} tests`
  console.log(`${verdict}  ${file}  ${count}, ${seconds.toFixed(1)} s`)
  if (failed === 0) return
  if (output && !isVerbose) console.log(output.trimEnd())
  for (const failure of failures) console.log(failure.trimEnd())
}
