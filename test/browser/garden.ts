/** Rooms and a conversation that are good to look at. */
import { type Guest, guest, json } from '../stack/client.ts'

/** Who talks, the last of whom looks at it. */
export type Garden = { room: string; viewer: Guest }

const rooms: [name: string, topic: string, said: string][] = [
  ['Book club', 'Next: The Summer Book, on the 12th', 'I only have the last chapter left'],
  ['Kitchen', 'What is in the fridge, and who ate it', 'There is soup for everyone'],
  ['Repairs', 'Bring it, we will look at it together', 'The red bike is done'],
  ['Trains', '', 'Platform 4 in place of 2 today'],
]

type Who = 'mira' | 'tomás' | 'otter'

type Said = {
  by: Who
  text: string
  /** Which of these it answers, by its place. */
  answers?: number
  /** Who gives what to it. */
  given?: [emoji: string, ...by: Who[]][]
}

const talk: Said[] = [
  {
    by: 'mira',
    text: 'Morning! The tomatoes made it through the night.',
    given: [['🎉', 'tomás', 'otter']],
  },
  { by: 'mira', text: 'All *twelve* of them.' },
  { by: 'tomás', text: 'So that fleece was worth carrying up the hill' },
  { by: 'otter', text: 'I owe you both a coffee. Was it as cold as they said?' },
  { by: 'mira', text: 'Two degrees at six. There was **ice on the rain barrel**.' },
  {
    by: 'tomás',
    text: 'Who waters this week? The beans want it before the sun comes round the shed.\n\n- Tuesday and Thursday: me\n- the weekend: ?',
  },
  {
    by: 'otter',
    text: 'The weekend is mine. @Mira, is the key still under the blue pot?',
    answers: 5,
    given: [['👍', 'tomás']],
  },
  { by: 'mira', text: 'Third pot from the left' },
  { by: 'tomás', text: 'Crumble at my place on Sunday, then. More of it in #kitchen' },
  { by: 'otter', text: 'Deal. I’ll bring custard and two chairs.' },
]

/**
 * Makes the rooms and lets three people talk in one of them.
 * Rejects when the server has rooms of these names already.
 */
export async function plant(): Promise<Garden> {
  const people = {
    mira: await guest('Mira', '#b3491e'),
    tomás: await guest('Tomás', '#1f7a4d'),
    otter: await guest('brave-otter', '#4059c9'),
  }
  for (const [name, topic, said] of rooms) {
    await people.mira.say(await openRoom(people.mira, name, topic), said)
  }
  await people.tomás.say('lobby', 'Hello, and welcome')
  const room = await openRoom(people.tomás, 'Allotment', 'Plot 14, behind the station')
  const numbers: number[] = []
  for (const said of talk) {
    numbers.push(await tell(people, room, said, numbers[said.answers ?? -1]))
  }
  return { room, viewer: people.otter }
}

async function tell(
  people: Record<Who, Guest>,
  room: string,
  { by, text, given = [] }: Said,
  answered: number | undefined,
): Promise<number> {
  const fields = { body: text, ...(answered ? { reply_to: String(answered) } : {}) }
  const answer = await people[by].ask(`/r/${room}/messages`, json(fields))
  if (answer.status !== 201) throw new Error(`Not said: ${answer.text}`)
  const { n } = JSON.parse(answer.text)
  for (const [emoji, ...givers] of given) {
    for (const giver of givers) {
      await people[giver].ask(`/r/${room}/messages/${n}/reactions`, json({ emoji }))
    }
  }
  return n
}

async function openRoom(maker: Guest, name: string, topic: string): Promise<string> {
  const { status, headers, text } = await maker.ask('/rooms', json({ name, topic }))
  if (status !== 201) throw new Error(`No room ${name}: ${text}`)
  return (headers.location ?? '').replace('/r/', '')
}
