/** What was made of an object, for as long as the object lives. */
const made = new WeakMap<object, Map<string, unknown>>()

/**
 * Makes something of an object once for each form, however many ask: one render for all who wait.
 * @param make is a function of `of` and `form` alone.
 */
export function once<Made extends {}>(of: object, form: string, make: () => Made): Made {
  let forms = made.get(of)
  if (!forms) {
    forms = new Map()
    made.set(of, forms)
  }
  const known = forms.get(form) as Made | undefined
  if (known !== undefined) return known
  const thing = make()
  forms.set(form, thing)
  return thing
}
