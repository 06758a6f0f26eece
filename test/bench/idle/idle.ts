/** What the stack takes when nobody is there, and how soon it is there. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, Report } from '../kit/bench.ts'
import { projectAt } from '../kit/compose.ts'
import { mebibytes, milliseconds, share } from '../kit/figures.ts'
import { containerParts, type Reading, read, together } from '../kit/parts.ts'
import type { Table } from '../kit/table.ts'
import { restart } from './restart.ts'

/** Long enough that the health checks' turn comes in it. */
const measured_s = 30

/** What a start leaves to do is done after this time. */
const settle_s = 20

export const idle: Bench = {
  name: 'idle',
  shows: 'memory and processor time of the compose stack at rest',
  options: {
    restart: { says: 'idle takes the stack down and up again, and tells how long it took' },
  },
  async run(context) {
    const project = await projectName()
    const tables: Table[] = []
    if (context.option('restart')) {
      context.say(`docker compose down and up -d of the project ${project}`)
      tables.push(startTable(await restart(project)))
      await sleep(settle_s * 1000)
    }
    const parts = await containerParts(project)
    if (parts.length === 0) throw new Error(`The compose project ${project} is not running.`)
    context.say(`the project ${project}, ${measured_s} s`)
    const before = await read(parts)
    await sleep(measured_s * 1000)
    return report([restTable(before, await read(parts)), ...tables])
  },
}

/** `COMPOSE_PROJECT_NAME`; else the one at the port of `BASE_URL`; else the compose file's own. */
async function projectName(): Promise<string> {
  const { COMPOSE_PROJECT_NAME: given, BASE_URL: baseUrl } = process.env
  if (given) return given
  const port = baseUrl && new URL(baseUrl).port
  return (port && (await projectAt(Number(port)))) || 'natter'
}

function restTable(before: Reading, after: Reading): Table {
  const taken_s = (after.at_ms - before.at_ms) / 1000
  const rows = [...after.parts].map(([name, { cpu_s, memory_bytes }]) => {
    const used_s = cpu_s - (before.parts.get(name)?.cpu_s ?? 0)
    return [name, mebibytes(memory_bytes), share(used_s, taken_s)]
  })
  const all = together(after)
  const used_s = all.cpu_s - together(before).cpu_s
  return {
    columns: ['at rest', 'memory', `CPU over ${measured_s} s, of one core`],
    rows: [...rows, ['together', mebibytes(all.memory_bytes), share(used_s, taken_s)]],
  }
}

function startTable({ volume, up_ms, accepted_ms }: Awaited<ReturnType<typeof restart>>): Table {
  return {
    columns: [`docker compose up -d, images present, ${volume}`, 'time'],
    rows: [
      ['the command comes back', milliseconds(up_ms)],
      ['the first message is accepted', milliseconds(accepted_ms)],
    ],
  }
}

function report(tables: Table[]): Report {
  return {
    server: 'compose stack',
    tables,
    notes: [
      'Memory as `docker stats` counts it; the containers’ health checks are in it, the engine’s own work for them is not. Wanted: at most 150 MiB together, and the first message within 10 s.',
    ],
  }
}
