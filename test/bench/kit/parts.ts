/** The parts of a running server whose processor time and memory are told apart. */
import { type Container, containers } from './compose.ts'
import {
  containerUsage,
  listenerAt,
  processUsage,
  proportionalMemory,
  type Usage,
} from './usage.ts'

export type Part = {
  name: string
  usage(): Promise<Usage>
  /** Its memory, what it shares divided among those who share it; not known of containers. */
  proportional?(): Promise<number>
}

/** The usage of several parts at one time, by their names, and when that was. */
export type Reading = { at_ms: number; parts: Map<string, Usage> }

/** The parts of a compose project: its containers. */
export async function containerParts(project: string): Promise<Part[]> {
  return (await containers(project)).map(({ name, pid }: Container) => ({
    name,
    usage: () => containerUsage(pid),
  }))
}

/** The server at a port of this machine as one part; none where it cannot be found. */
export async function processParts(port: number): Promise<Part[]> {
  const pid = await listenerAt(port)
  return pid === undefined ? [] : [processPart('server', pid)]
}

/** One process as a part. */
export const processPart = (name: string, pid: number): Part => ({
  name,
  usage: () => processUsage(pid),
  proportional: () => proportionalMemory(pid),
})

/** Reads all parts. */
export async function read(parts: readonly Part[]): Promise<Reading> {
  const usages = await Promise.all(parts.map(async (one) => [one.name, await one.usage()] as const))
  return { at_ms: performance.now(), parts: new Map(usages) }
}

/** The sum of all parts. */
export function together({ parts }: Reading): Usage {
  const all = [...parts.values()]
  const sum = (key: keyof Usage) => all.reduce((total, one) => total + one[key], 0)
  return { cpu_s: sum('cpu_s'), memory_bytes: sum('memory_bytes') }
}
