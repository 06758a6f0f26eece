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
 * (css-orientation-lock).
 */
export async function axeFindings(
  page: Page,
  { tags, except = [] }: Asked = {},
): Promise<string[]> {
  await page.waitForLoadState()
  const axe = new AxeBuilder({ page }).options({ preload: false }).disableRules(except)
  const { violations } = await (tags ? axe.withTags(tags) : axe).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
  )
}
