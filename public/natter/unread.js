// @ts-check

// Rooms in which something was said since this browser last showed them are marked in the list.

const key = `natter:rooms:${document.querySelector('[data-me]')?.getAttribute('data-me') ?? ''}`

/** The newest number of each room, and the newest that was seen. @typedef {Record<string, [number, number]>} Rooms */

/** @returns {Rooms} */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}')
  } catch {
    return {}
  }
}

/**
 * @param {string} room
 * @param {number} last its newest number
 * @param {boolean} isSeen somebody is looking at it
 */
export function moved(room, last, isSeen) {
  const rooms = kept()
  const [told, seen] = rooms[room] ?? [0, 0]
  rooms[room] = [Math.max(told, last), isSeen ? Math.max(seen, last) : seen]
  if (rooms[room][0] === told && rooms[room][1] === seen) return
  try {
    localStorage.setItem(key, JSON.stringify(rooms))
  } catch {
    // Storage may be full or forbidden; then the mark lasts as long as the page.
  }
  show(rooms)
}

function show(rooms = kept()) {
  // What somebody known has read is counted, see read.js.
  for (const link of document.querySelectorAll(':is(.rooms li a, .card):not([data-unread])')) {
    const [told, seen] = rooms[(link.getAttribute('href') ?? '').slice('/r/'.length)] ?? [0, 0]
    const mark = link.querySelector('.new')
    if (told <= seen || link.hasAttribute('aria-current')) mark?.remove()
    else if (!mark) {
      const made = Object.assign(document.createElement('span'), { className: 'new' })
      made.textContent = ' new'
      const name = link.querySelector('.card-text, bdi')
      name?.after(made)
    }
  }
}

show()
addEventListener('storage', () => show())
