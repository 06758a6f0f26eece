// @ts-check
import { complete, completes } from './complete.js'

// Completes whom and which room a text names. Loaded when such a sign is first typed.

const room = document.querySelector('.app')?.getAttribute('data-room')

/** @param {string} path */
async function read(path) {
  const answer = await fetch(path, { headers: { accept: 'application/json' } })
  if (!answer.ok) throw new Error(`${answer.status}`)
  return answer.json()
}

completes({
  sign: '@',
  least: 1,
  async source(prefix) {
    const { members } = await read(`/r/${room}/members?q=${encodeURIComponent(prefix)}`)
    const people = members.map((/** @type {{ person: { name: string } }} */ { person }) => ({
      value: `@${person.name} `,
      label: person.name,
    }))
    const isAll = 'room'.startsWith(prefix.toLowerCase())
    return isAll ? [...people, { value: '@room ', label: 'room (everybody here)' }] : people
  },
})

completes({
  sign: '#',
  least: 1,
  async source(prefix) {
    const { rooms } = await read('/')
    const wanted = prefix.toLowerCase()
    return rooms
      .filter(
        (/** @type {{ slug: string, name: string, visibility: string }} */ one) =>
          one.visibility === 'open' &&
          (one.slug.startsWith(wanted) || one.name.toLowerCase().startsWith(wanted)),
      )
      .map((/** @type {{ slug: string, name: string }} */ { slug, name }) => ({
        value: `#${slug} `,
        label: name,
      }))
  },
})

export { complete }
