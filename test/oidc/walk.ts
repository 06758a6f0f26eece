/** Somebody at the provider, without a browser. */

/**
 * Signs in there and agrees, as its pages ask for it.
 * @param url where Natter sent the browser
 * @param login any name; undefined turns back at the first page
 * @returns where the provider leads back to
 */
export async function walk(url: string, login: string | undefined): Promise<URL> {
  const visit = visitor()
  let place = new URL(url)
  const origin = place.origin
  // A page to sign in, one to agree, and what leads from one to the next.
  for (let steps = 0; steps < 12; steps++) {
    const answer = await visit(place)
    const [next, fields] = leads(answer.location, answer.html, login)
    place = new URL(next, place)
    if (fields) place = new URL((await visit(place, fields)).location ?? '', place)
    if (place.origin !== origin) return place
  }
  throw new Error(`The provider leads nowhere; at last to ${place}`)
}

type Leads = [next: string, fields?: Record<string, string>]

function leads(location: string | null, html: string, login: string | undefined): Leads {
  if (location) return [location]
  const [, form = ''] = /<form[^>]* action="([^"]+)"/.exec(html) ?? []
  const [, prompt = ''] = /name="prompt" value="(\w+)"/.exec(html) ?? []
  if (!form || !prompt) throw new Error(`The provider shows no form:\n${html}`)
  return login === undefined
    ? [`${form}/abort`]
    : [form, { prompt, login, password: 'any will do' }]
}

/** Asks as one browser does, which keeps its cookies. */
function visitor() {
  const kept = new Map<string, string>()
  return async (url: URL, fields?: Record<string, string>) => {
    const cookie = [...kept].map(([name, value]) => `${name}=${value}`).join('; ')
    const body = fields && { method: 'POST', body: new URLSearchParams(fields) }
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie }, ...body })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      kept.set(name, value)
    }
    return { location: answer.headers.get('location'), html: await answer.text() }
  }
}
