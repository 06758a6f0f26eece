/** Processor time and memory of a process, or of the control group that a container is. */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

export type Usage = {
  /** Processor time since the start, in seconds. */
  cpu_s: number
  memory_bytes: number
}

/** USER_HZ, which the kernel gives to programs as 100 on every platform Linux runs on. */
const ticks_per_s = 100

/**
 * What a process has used, from /proc; its memory is what is resident.
 * @throws {Error} when there is no such process, or no /proc
 */
export async function processUsage(pid: number): Promise<Usage> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  // The program's name, in brackets, may hold spaces; what follows it does not.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system] = [Number(fields[11]), Number(fields[12])]
  const resident_kib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
  return { cpu_s: (user + system) / ticks_per_s, memory_bytes: resident_kib * 1024 }
}

/**
 * What a container has used, its health checks included, and its memory as `docker stats` counts
 * it: without the cached files that it could give up.
 * @param pid the container's first process
 * @throws {Error} when its control group cannot be read
 */
export async function containerUsage(pid: number): Promise<Usage> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8')
  const old = (controller: string) =>
    new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(.*)$`, 'm').exec(groups)?.[1]
  const [cpu, memory] = [old('cpuacct'), old('memory')]
  if (cpu !== undefined && memory !== undefined) return oldGroups(cpu, memory)
  return group(/^0::(.*)$/m.exec(groups)?.[1] ?? '')
}

/** Control groups of version 1: a tree for each controller. */
async function oldGroups(cpu: string, memory: string): Promise<Usage> {
  const nanoseconds = await text(`cpuacct${cpu}/cpuacct.usage`)
  const bytes = await text(`memory${memory}/memory.usage_in_bytes`)
  const cached = field(await text(`memory${memory}/memory.stat`), 'total_inactive_file')
  return { cpu_s: Number(nanoseconds) / 1e9, memory_bytes: Number(bytes) - cached }
}

/** Control groups of version 2. */
async function group(path: string): Promise<Usage> {
  const microseconds = field(await text(`${path}/cpu.stat`), 'usage_usec')
  const cached = field(await text(`${path}/memory.stat`), 'inactive_file')
  const bytes = Number(await text(`${path}/memory.current`))
  return { cpu_s: microseconds / 1e6, memory_bytes: bytes - cached }
}

const text = (path: string) => readFile(`/sys/fs/cgroup/${path}`, 'utf8')

const field = (stat: string, name: string) =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0)

/** The process that listens at a TCP port of this machine, as far as /proc lets one see it. */
export async function listenerAt(port: number): Promise<number | undefined> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  )
  const sockets = new Set(tables.flatMap((table) => listeningSockets(table, port)))
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
    for (const file of files) {
      const opened = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')
      if (sockets.has(opened)) return Number(pid)
    }
  }
  return undefined
}

/** Sockets that listen at a port, as `/proc/<pid>/fd` names them. */
function listeningSockets(table: string, port: number): string[] {
  const listening = '0A'
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listening && fields[1]?.endsWith(end))
    .map((fields) => `socket:[${fields[9]}]`)
}

/** What several processes have used, all together. */
export async function usageOf(pids: readonly number[]): Promise<Usage> {
  const usages = await Promise.all(pids.map(processUsage))
  return {
    cpu_s: usages.reduce((sum, { cpu_s }) => sum + cpu_s, 0),
    memory_bytes: usages.reduce((sum, { memory_bytes }) => sum + memory_bytes, 0),
  }
}

const settled_ms = 500
const looks_max = 20

/** A little more is no movement. */
const still_bytes = 256 * 1024

/**
 * The memory of several processes, once it has stopped moving for a second, or after ten.
 * @param collects whether they are started with `collectable`, and so can be asked first
 */
export async function settledMemory(pids: readonly number[], collects: boolean): Promise<number> {
  // Twice: what is let go of by what was collected first goes with the second.
  for (let time = 0; time < 2 && collects; time++) {
    for (const pid of pids) process.kill(pid, 'SIGUSR2')
    await sleep(settled_ms)
  }
  let [last, still] = [0, 0]
  for (let look = 0; look < looks_max && still < 2; look++) {
    const { memory_bytes } = await usageOf(pids)
    still = Math.abs(memory_bytes - last) < still_bytes ? still + 1 : 0
    last = memory_bytes
    await sleep(settled_ms)
  }
  return last
}

/**
 * The memory of a process with what it shares divided among those who share it, from /proc.
 * @throws {Error} where the kernel does not tell
 */
export async function proportionalMemory(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? Number.NaN) * 1024
}
