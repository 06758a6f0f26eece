/** Characters that turn, hide or pile up what stands around them. */
import type { Hostile } from './hostile.ts'

const turning = [
  '\u202a',
  '\u202b',
  '\u202d',
  '\u202e',
  '\u2066',
  '\u2067',
  '\u2068',
  '\u200f',
  '\u061c',
]
const hidden = [
  '\u200b',
  '\u200c',
  '\u200d',
  '\u2060',
  '\u00ad',
  '\ufeff',
  '\u034f',
  '\u180e',
  '\u2800',
  '\u3164',
  '\u{e0001}',
  '\u{e0041}',
  '\ufe0f',
]
const many = 9_000

const others: Hostile[] = [
  ['many marks', `Z${'\u0301'.repeat(many)}`],
  ['marks above and below', `H${'\u0300\u0316\u0489'.repeat(3_000)}ello`],
  ['nothing but marks', '\u0301'.repeat(500)],
  ['one long family', '👩\u200d'.repeat(3_000)],
  ['families', '👩‍👩‍👧‍👦'.repeat(800)],
  ['flags that run on', '🇦'.repeat(4_001)],
  ['skin tones alone', '🏿'.repeat(4_000)],
  ['keycaps without keys', '\u20e3'.repeat(4_000)],
  ['a flag made of tags', `🏴${'\u{e0067}'.repeat(4_000)}\u{e007f}`],
  ['variation selectors', `x${'\ufe0f'.repeat(many)}`],
  ['emoji that are large', '🏳️‍🌈👩🏽‍🚒🇺🇳'],
  ['the longest ligature', '﷽'.repeat(500)],
  ['a sign as wide as ten', '𒐫'.repeat(500)],
  ['embeddings that do not end', '\u202a'.repeat(many)],
  ['isolates that do not end', '\u2067'.repeat(many)],
  ['ends without a beginning', '\u202c\u2069'.repeat(4_000).concat('x')],
  ['an address from the right', 'https://example.org/\u202egnp.exe'],
  ['an address with nothing in it', 'https://exam\u200bple.org/a\u2060b'],
  ['a link whose text turns', '[\u202ehttps://bank.example](https://evil.example)'],
  ['code that reads otherwise', '`if (a\u202e { /* \u2066`'],
  [
    'fenced code that reads otherwise',
    '```js\n/*\u202e } \u2066if (isAdmin)\u2069 \u2066 begin */\n```',
  ],
  ['a line in another line', 'hello\u2028ben: I quit\u2029ann: so do I'],
  ['a form feed and a vertical tab', 'a\u000bb\u000cc'],
  ['a bell and an escape', '\u0007\u001b[2J\u001b]0;x\u0007'],
  ['control characters of the eighties', '\u0080\u0085\u009b31mx'],
  ['what is no character', '\ufffe\uffff\u{1fffe}\u{10ffff}'],
  ['private signs', '\ue000\uf8ff\u{f0000}'],
  ['letters that look alike', 'аdmіn рaуpаl'],
  ['letters as signs', '𝐚𝐝𝐦𝐢𝐧 ⓐⓓⓜⓘⓝ'],
  ['dotted and dotless', '@İı İSTANBUL'.repeat(500)],
  ['hangul that fills', '\u115f\u1160\uffa0x'],
  ['interlinear notes', '\ufff9a\ufffab\ufffb'],
  [
    'everything at once',
    '\u202e@ann\u2066 \u200b`\u202d` **\u2067b** [\u202ex](https://example.org)',
  ],
]

export const unicode: readonly Hostile[] = [
  ...turning.flatMap((sign): Hostile[] => [
    ['turned text', `abc ${sign}def 123 ghi`],
    ['turned Markdown', `**${sign}a** [${sign}b](https://example.org/${sign}c) \`${sign}d\``],
  ]),
  ...hidden.flatMap((sign): Hostile[] => [
    ['hidden text', `a${sign.repeat(1_000)}b ${sign}@ann ${sign}#lobby`],
    ['hidden Markdown', `${sign}- a\n*${sign}*b*${sign}*\n[${sign}](https://example.org)`],
  ]),
  ...others,
]
