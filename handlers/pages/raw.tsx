import { html, raw } from 'hono/html'
import type { BodyHtml } from './markdown/html.ts'

// Elements that Hono renders in a context of its own, or collects for a document's head, are
// written by hand here: render.ts says why. `html` escapes whatever is put into it.

/** Those of the sprite that are used. */
type IconName =
  | 'arrow-down'
  | 'arrow-left'
  | 'hash'
  | 'lock'
  | 'plus'
  | 'search'
  | 'send-horizontal'
  | 'smile'

/** One icon of the sprite. It says nothing to those who cannot see it: a name stands beside it. */
export const Icon = ({ name }: { name: IconName }) =>
  html`<svg class="icon" aria-hidden="true" width="20" height="20"><use href="/vendor/icons.svg#${name}"/></svg>`

/** A message's text: HTML that markdown/ made, which alone makes any of this type. */
export const Written = ({ html: made }: { html: BodyHtml }) => raw(made)

/** The title of a page; a browser takes it from wherever it stands. */
export const Title = ({ text }: { text: string }) => html`<title>${text}</title>`

/** The styles of the pages beside the talk, which a room does not load. */
export const PageStyle = () => html`<link rel="stylesheet" href="/pages.css">`

/** A module of `public/natter/` that this page alone needs. A page that names it twice has it once. */
export const PageScript = ({ src }: { src: string }) =>
  html`<script type="module" src="${src}"></script>`

/**
 * The head of a document that asks for itself again.
 * @param next the address that it asks for, a second after it is shown.
 */
export const FrameHead = ({ title, next }: { title: string; next: string }) => html`<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="1; url=${next}">
<link rel="stylesheet" href="/natter.css">
<link rel="stylesheet" href="/words.css">
<base target="_top">
</head>`
