/** Opening a room, by how much has been said on the whole server. */
import { type Bench, type Context, countOf } from '../kit/bench.ts'
import { openStores, type Store } from '../kit/store.ts'
import { type Door, kinds, openDoor } from './door.ts'
import { report, type Step } from './report.ts'

const sizes = [1_000, 1_000_000, 10_000_000]

/** Not counted. */
const warm_up = 300

export const open: Bench = {
  name: 'open',
  shows: 'opening a room, by how much has been said on the whole server',
  options: {
    most: { says: 'messages in the largest database of open', standard: '10000000' },
    opens: { says: 'how often open opens each kind of page', standard: '1000' },
  },
  async run(context) {
    const most = countOf(context, 'most')
    const wanted = [...sizes.filter((size) => size < most), most]
    const stores = await openStores(wanted.length)
    try {
      return report(stores[0]?.what ?? '', await allOpened(context, stores, wanted))
    } finally {
      await stores[0]?.close()
    }
  },
}

async function allOpened(context: Context, stores: Store[], wanted: number[]): Promise<Step[]> {
  const doors: Door[] = []
  try {
    for (const [at, store] of stores.entries()) {
      doors.push(await openDoor(store, wanted[at] ?? 0, context.say))
    }
    context.say('rooms are opened')
    return await byTurns(doors, countOf(context, 'opens'))
  } finally {
    for (const door of doors) await door.close()
  }
}

/** One page after the other, each kind and each size in turn, so that noise comes to all of them. */
async function byTurns(doors: Door[], opens: number): Promise<Step[]> {
  const steps = doors.map(({ size }): Step => ({ size, newest: [], deep: [], other: [], cpu_s: 0 }))
  let before: number[] = []
  for (let turn = -warm_up; turn < opens; turn++) {
    if (turn === 0) before = await Promise.all(doors.map((door) => door.cpu_s()))
    for (const kind of kinds) {
      for (const [at, door] of doors.entries()) {
        const taken_ms = await door.open(kind)
        if (turn >= 0) steps[at]?.[kind].push(taken_ms)
      }
    }
  }
  const after = await Promise.all(doors.map((door) => door.cpu_s()))
  return steps.map((step, at) => {
    const used_s = (after[at] ?? 0) - (before[at] ?? 0)
    return { ...step, cpu_s: used_s / (opens * kinds.length) }
  })
}
