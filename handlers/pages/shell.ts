// The proxy puts the fragment here by SSI; without a proxy the server does.
const place = /<!--# block name="away" -->[\s\S]*<!--# include [^>]*-->/

/**
 * The static shell, ready to take a fragment.
 * @param html the file that the proxy serves, with its SSI directives.
 * @throws when the file has no place for a fragment.
 */
export function createShell(html: string): (fragment: string) => string {
  const [before, after] = html.split(place)
  if (before === undefined || after === undefined) {
    throw new Error('The shell has no SSI block "away" followed by an include.')
  }
  return (fragment) => before + fragment + after
}
