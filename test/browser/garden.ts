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

const talk: [who: 'mira' | 'tomás' | 'otter', text: string][] = [
  ['mira', 'Morning! The tomatoes made it through the night.'],
  ['mira', 'All twelve of them.'],
  ['tomás', 'So that fleece was worth carrying up the hill'],
  ['otter', 'I owe you both a coffee. Was it as cold as they said?'],
  ['mira', 'Two degrees at six. There was ice on the rain barrel.'],
  [
    'tomás',
    'Who waters this week?\nI can do Tuesday and Thursday, if somebody takes the weekend. The beans want it in the morning, before the sun comes round the shed.',
  ],
  ['otter', 'The weekend is mine. The key is still under the blue pot?'],
  ['mira', 'Third pot from the left'],
  [
    'mira',
    'And take some rhubarb home, there is far too much of it: https://example.org/rhubarb-crumble',
  ],
  ['tomás', 'Crumble at my place on Sunday, then'],
  ['otter', 'Deal. I’ll bring custard and two chairs.'],
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
  for (const [who, text] of talk) await people[who].say(room, text)
  return { room, viewer: people.otter }
}

async function openRoom(maker: Guest, name: string, topic: string): Promise<string> {
  const { status, headers, text } = await maker.ask('/rooms', json({ name, topic }))
  if (status !== 201) throw new Error(`No room ${name}: ${text}`)
  return (headers.location ?? '').replace('/r/', '')
}
