/** What was made of an object, for as long as the object lives. */
const made = new WeakMap<object, Map<string, unknown>>()

/** What was asked for last: in a release it is asked for again, thousands of times. */
let last: { of: object; form: string; thing: unknown } | undefined

/**
 * Makes something of an object once for each form, however many ask: one render for all who wait.
 * @param make is a function of `of` and `form` alone.
 */
export function once<Made extends {}>(of: object, form: string, make: () => Made): Made {
  if (last?.of === of && last.form === form) return last.thing as Made
  const thing = known(of, form, make)
  last = { of, form, thing }
  return thing
}

function known<Made extends {}>(of: object, form: string, make: () => Made): Made {
  let forms = made.get(of)
  if (!forms) {
    forms = new Map()
    made.set(of, forms)
  }
  const there = forms.get(form) as Made | undefined
  if (there !== undefined) return there
  const thing = make()
  forms.set(form, thing)
  return thing
}
