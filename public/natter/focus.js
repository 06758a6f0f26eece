// @ts-check

// A message that changes is another element: who was at something of it by keys stays there.

/** What tells the same control in the message as it was and as it is. @param {Element} control */
const sameness = (control) =>
  control.getAttribute('href') ?? control.getAttribute('value') ?? control.getAttribute('title')

/** Where the focus was before it was lost. @type {{ id: string, control: Element, same: string | null } | null} */
let held = null

const isLost = () => document.activeElement === null || document.activeElement === document.body

// Two swaps may be under way at once: what is changed here is told live as well.
document.addEventListener('htmx:before:swap', () => {
  if (isLost()) return
  const control = document.activeElement
  const item = control?.closest('#messages > .message')
  held = control && item ? { id: item.id, control, same: sameness(control) } : null
})

document.addEventListener('htmx:after:swap', () => {
  const item = held && isLost() ? document.getElementById(held.id) : null
  const controls = [...(item?.querySelectorAll('a, button') ?? [])]
  const same = held?.same ?? null
  // The bar of a message is the same as before (acts-bar.js).
  const control =
    controls.find((one) => one === held?.control) ??
    controls.find((one) => same !== null && sameness(one) === same)
  const to = control ?? item?.querySelector('.at')
  // Somebody may read elsewhere meanwhile.
  if (to instanceof HTMLElement) to.focus({ preventScroll: true })
})

// Who points beside everything leaves it on purpose.
document.addEventListener('pointerdown', () => {
  held = null
})
