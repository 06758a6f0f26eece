/** The machine's own account of its processors. */
import { readFileSync } from 'node:fs'

/** The unit of /proc/stat: sysconf(_SC_CLK_TCK), which is 100 on Linux. */
const ticks_per_second = 100

/** Seconds of CPU that all processes have spent since the machine started; NaN where it does not tell. */
export function cpuSeconds(): number {
  try {
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] =
      /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(' ').map(Number) ?? []
    return (user + nice + system + irq + softirq) / ticks_per_second
  } catch {
    return Number.NaN
  }
}
