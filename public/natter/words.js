// @ts-check
import { sheet } from './sheet.js'

// Loaded where there is a table, or code to be coloured.
sheet({ href: '/words.css' })
