import names from './emoji-names.json' with { type: 'json' }

/** The emoji that there are everywhere, by each of their names, without colons. */
export const standardEmoji: ReadonlyMap<string, string> = new Map(Object.entries(names))

// `:__so__:` is something bold between colons.
const wellFormed = /^(?=.*[a-z])(?!_)[a-z0-9_+-]{2,32}(?<!_)$/

/** Whether a word could be the name of a server's own emoji. */
export const couldBeCustom = (name: string): boolean =>
  wellFormed.test(name) && !standardEmoji.has(name)
