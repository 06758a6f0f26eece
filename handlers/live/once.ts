/** What was made of an object, for as long as the object lives. */
const made = new WeakMap<object, Map<string, string>>()

/**
 * Makes a text of an object once for each form, however many ask: one render for all who wait.
 * @param make is a function of `of` and `form` alone.
 */
export function once(of: object, form: string, make: () => string): string {
  const forms = made.get(of) ?? new Map<string, string>()
  made.set(of, forms)
  const known = forms.get(form)
  if (known !== undefined) return known
  const text = make()
  forms.set(form, text)
  return text
}
