import { raw } from 'hono/html'

/** Those of the sprite that are used here. */
type IconName = 'arrow-down' | 'arrow-left' | 'hash' | 'lock' | 'plus' | 'send-horizontal'

/**
 * One icon of the sprite. It says nothing to those who cannot see it: a name stands beside it.
 * Written by hand, since Hono renders `<svg>` in a context of its own (see render.ts).
 *
 * @param name of ours, never anything that was typed.
 */
export const Icon = ({ name }: { name: IconName }) =>
  raw(
    `<svg class="icon" aria-hidden="true" width="20" height="20"><use href="/vendor/icons.svg#${name}"></use></svg>`,
  )
