/** Texts that mean harm. To add one: put a line into one of the lists that are gathered here. */
import { code } from './code.ts'
import type { Hostile } from './hostile.ts'
import { links } from './links.ts'
import { markup } from './markup.ts'
import { structure } from './structure.ts'
import { unicode } from './unicode.ts'

export const hostile: readonly Hostile[] = [...markup, ...links, ...unicode, ...structure, ...code]
