import core from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import c from 'highlight.js/lib/languages/c'
import cpp from 'highlight.js/lib/languages/cpp'
import csharp from 'highlight.js/lib/languages/csharp'
import css from 'highlight.js/lib/languages/css'
import diff from 'highlight.js/lib/languages/diff'
import dockerfile from 'highlight.js/lib/languages/dockerfile'
import go from 'highlight.js/lib/languages/go'
import ini from 'highlight.js/lib/languages/ini'
import java from 'highlight.js/lib/languages/java'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import kotlin from 'highlight.js/lib/languages/kotlin'
import php from 'highlight.js/lib/languages/php'
import python from 'highlight.js/lib/languages/python'
import ruby from 'highlight.js/lib/languages/ruby'
import rust from 'highlight.js/lib/languages/rust'
import sql from 'highlight.js/lib/languages/sql'
import swift from 'highlight.js/lib/languages/swift'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'
import { limits } from '../../limits.ts'

// prettier-ignore
const languages = {
  bash,
  c,
  cpp,
  csharp,
  css,
  diff,
  dockerfile,
  go,
  ini,
  java,
  javascript,
  json,
  kotlin,
  php,
  python,
  ruby,
  rust,
  sql,
  swift,
  typescript,
  xml,
  yaml,
}

type Language = keyof typeof languages

/** The languages that are coloured. */
export const languageNames = Object.keys(languages) as Language[]

/** What people call them, beside their own names. */
const otherNames: Record<string, Language> = {
  'c#': 'csharp',
  'c++': 'cpp',
  cs: 'csharp',
  docker: 'dockerfile',
  golang: 'go',
  h: 'c',
  hpp: 'cpp',
  html: 'xml',
  js: 'javascript',
  jsx: 'javascript',
  kt: 'kotlin',
  mjs: 'javascript',
  patch: 'diff',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  svg: 'xml',
  toml: 'ini',
  ts: 'typescript',
  tsx: 'typescript',
  yml: 'yaml',
  zsh: 'bash',
}

/**
 * The language of fenced code, or null where it is none that is known here.
 * @param info what stands behind the fence
 */
export function languageOf(info: string): Language | null {
  const typed = (/^\S{1,20}/.exec(info.trim())?.[0] ?? '').toLowerCase()
  const name = Object.hasOwn(otherNames, typed) ? otherNames[typed] : typed
  return name !== undefined && Object.hasOwn(languages, name) ? (name as Language) : null
}

// Some languages' patterns cost the square of a line's or a word's length.
const slow = new RegExp(
  `.{${limits.highlightedLineChars + 1}}|\\w{${limits.highlightedWordChars + 1}}`,
)

let isReady = false

/**
 * Code with its parts in elements that have a class and nothing else, all else escaped; null where
 * it is longer than is worth the time.
 */
export function highlighted(code: string, language: Language): string | null {
  if (code.length > limits.highlightedChars || slow.test(code)) return null
  // All at once: some colour parts of another, and the result may not depend on what came before.
  if (!isReady)
    for (const [name, one] of Object.entries(languages)) core.registerLanguage(name, one)
  isReady = true
  const { value } = core.highlight(code, { language, ignoreIllegals: true })
  return isDeep(value) ? null : value
}

/** Comments in comments, as some languages have them, are elements in elements. */
function isDeep(html: string): boolean {
  let level = 0
  return (html.match(/<\/?s/g) ?? []).some((tag) => {
    level += tag === '<s' ? 1 : -1
    return level > limits.markdownLevels
  })
}
