import { limits } from '../limits.ts'

type Forms = Map<string, unknown>

/** What was made of an object, for as long as the object lives. */
const made = new WeakMap<object, Forms>()

/** What was asked for last: in a release it is asked for again, thousands of times. */
let last: { of: object; form: string; thing: unknown } | undefined

/** All that was made and is kept, the oldest first. */
const kept = new Map<number, { forms: WeakRef<Forms>; form: string; bytes: number }>()
let keptBytes = 0
let makes = 0

/**
 * Makes something of an object once for each form, however many ask: one render for all who wait.
 * So much is kept at the most (`limits.madeBytes`): readers choose where they begin and how much
 * they take, and what is made for each of them alone would fill the memory.
 * @param make is a function of `of` and `form` alone.
 */
export function once<Made extends string | Uint8Array>(
  of: object,
  form: string,
  make: () => Made,
): Made {
  if (last?.of === of && last.form === form) return last.thing as Made
  const thing = known(of, form, make)
  last = { of, form, thing }
  return thing
}

function known<Made extends string | Uint8Array>(of: object, form: string, make: () => Made): Made {
  const forms = formsOf(of)
  const there = forms.get(form) as Made | undefined
  if (there !== undefined) return there
  const thing = make()
  forms.set(form, thing)
  keep(forms, form, bytesOf(thing))
  return thing
}

function formsOf(of: object): Forms {
  const there = made.get(of)
  if (there) return there
  const forms: Forms = new Map()
  made.set(of, forms)
  return forms
}

/** What it takes beside its own bytes. */
const around_bytes = 512

const bytesOf = (thing: string | Uint8Array): number =>
  around_bytes + (typeof thing === 'string' ? 2 * thing.length : thing.byteLength)

/** Lets go of the oldest, until there is room. */
function keep(forms: Forms, form: string, bytes: number): void {
  kept.set(makes++, { forms: new WeakRef(forms), form, bytes })
  keptBytes += bytes
  for (const [make, oldest] of kept) {
    if (keptBytes <= limits.madeBytes) break
    kept.delete(make)
    keptBytes -= oldest.bytes
    oldest.forms.deref()?.delete(oldest.form)
  }
}
