import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

type Asked = {
  /** Tags of the rules that are held; all that axe has of itself, unless given. */
  tags?: string[]
  /** Rules that are not held. */
  except?: string[]
}

/**
 * What axe finds on a page, each in a line.
 *
 * It looks at the page as it is laid out when it has loaded, not at its style sheets: those it would put
 * into the page to read them, which the page's policy forbids, for a rule that is not held by itself
 * (css-orientation-lock). All frames are of the page's own origin, so that its legacy mode looks into
 * them; it needs no further page.
 */
export async function axeFindings(
  page: Page,
  { tags, except = [] }: Asked = {},
): Promise<string[]> {
  await page.waitForLoadState()
  const axe = new AxeBuilder({ page })
    .setLegacyMode()
    .options({ preload: false, resultTypes: ['violations'] })
    .disableRules(except)
  const { violations } = await (tags ? axe.withTags(tags) : axe).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
  )
}
