// @ts-check

// One line above the composer about what somebody has just done, with a way to take it back.

const SHOWN_MS = 10_000

const line = Object.assign(document.createElement('p'), { className: 'told', hidden: true })
line.setAttribute('role', 'status')
document.getElementById('state')?.after(line)
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer

/** The message that it is about. */
let about = ''

/**
 * Says something for a while.
 * @param {string} text
 * @param {{ label: string, do: () => void, n: string }} [undo] with the message's number
 * @returns the button, where there is one
 */
export function tell(text, undo) {
  clearTimeout(timer)
  const hadFocus = line.contains(document.activeElement)
  const made = undo ? button(undo) : null
  line.replaceChildren(text, ...(made ? [' ', made] : []))
  line.hidden = text === ''
  if (hadFocus) leave()
  about = undo?.n ?? ''
  timer = setTimeout(() => tell(''), SHOWN_MS)
  if (text === '') clearTimeout(timer)
  return made
}

/** Who was at the button goes on from the message, or writes on where that is gone. */
function leave() {
  const link = document.querySelector(`#m${about} .at`) ?? document.getElementById('body')
  if (link instanceof HTMLElement) link.focus({ preventScroll: true })
}

/** @param {{ label: string, do: () => void }} undo */
function button(undo) {
  const made = Object.assign(document.createElement('button'), {
    type: 'button',
    className: 'plain',
    textContent: undo.label,
  })
  made.addEventListener('click', () => {
    tell('')
    undo.do()
  })
  return made
}
