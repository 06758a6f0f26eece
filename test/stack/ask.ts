/** Asking the server at `BASE_URL`, and knowing what stands in front of it. */

const baseUrl = () => {
  const url = process.env.BASE_URL
  if (!url) throw new Error('BASE_URL names no server.')
  return url.replace(/\/+$/, '')
}

/** A request as a program sends it: `Accept: *∕*` unless said otherwise, redirects not followed. */
export function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(baseUrl() + path, { redirect: 'manual', ...init })
}

/** Whether nginx answers, rather than the backend alone (`npm start`). */
export async function isBehindNginx(): Promise<boolean> {
  return (await ask('/shell.html')).headers.get('server') === 'nginx'
}

/** Whether a list such as `Vary` has a member, whatever the letters' case. */
export function names(list: string | null, member: string): boolean {
  return (list ?? '')
    .toLowerCase()
    .split(/\s*,\s*/)
    .includes(member)
}

/** The addresses of the styles, scripts and pictures that the bare shell loads. */
export async function assets(): Promise<string[]> {
  const shell = await (await ask('/shell.html')).text()
  return [...shell.matchAll(/<(?:link|script)\b[^>]*\b(?:href|src)="([^"]+)"/g)].map(
    ([, path = '']) => path,
  )
}
