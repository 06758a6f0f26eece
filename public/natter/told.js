// @ts-check

// One line above the composer about what somebody has just done, with a way to take it back.

const SHOWN_MS = 10_000

const line = Object.assign(document.createElement('p'), { className: 'told', hidden: true })
line.setAttribute('role', 'status')
document.getElementById('state')?.after(line)
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer

/**
 * Says something for a while.
 * @param {string} text
 * @param {{ label: string, do: () => void }} [undo]
 */
export function tell(text, undo) {
  clearTimeout(timer)
  line.textContent = text
  if (undo) line.append(' ', button(undo))
  line.hidden = text === ''
  timer = setTimeout(() => tell(''), SHOWN_MS)
  if (text === '') clearTimeout(timer)
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
