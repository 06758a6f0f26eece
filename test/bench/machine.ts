/** The machine that figures come from. */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, platform, totalmem } from 'node:os'

/** One line: date, processor, memory, system, Node. */
export function machine(now: Date = new Date()): string {
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor'
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`
  const date = `${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const cores = `${availableParallelism()} cores`
  return `${date} · ${processor}, ${cores}, ${memory} · ${system()} · Node ${process.version}`
}

function system(): string {
  try {
    const name = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
    return name ?? platform()
  } catch {
    return platform()
  }
}
