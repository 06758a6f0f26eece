/** Texts that mean harm. To add one: put a line into one of the lists that are gathered here. */
import { code } from './code.ts'
import type { Hostile } from './hostile.ts'
import { links } from './links.ts'
import { markup } from './markup.ts'
import { structure } from './structure.ts'
import { unicode } from './unicode.ts'

/** The lists by their names. */
export const lists: Readonly<Record<string, readonly Hostile[]>> = {
  markup,
  links,
  unicode,
  structure,
  code,
}

export const hostile: readonly Hostile[] = Object.values(lists).flat()
