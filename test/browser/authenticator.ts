/** The authenticator of a device, as Chromium plays it: it asks nobody, and says yes at once. */
import type { Page } from 'playwright-core'

export type Authenticator = {
  /** Another device that has the same passkeys, for another page. */
  copyFor(page: Page): Promise<Authenticator>
  /** Forgets its passkeys. */
  forget(): Promise<void>
}

/** Gives a page an authenticator. https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/ */
export async function authenticatorFor(page: Page): Promise<Authenticator> {
  return (await plugIn(page)).authenticator
}

async function plugIn(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  const authenticator: Authenticator = {
    async copyFor(other) {
      const copy = await plugIn(other)
      const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId })
      for (const credential of credentials) {
        await copy.session.send('WebAuthn.addCredential', {
          authenticatorId: copy.authenticatorId,
          credential,
        })
      }
      return copy.authenticator
    },
    async forget() {
      await session.send('WebAuthn.clearCredentials', { authenticatorId })
    },
  }
  return { session, authenticatorId, authenticator }
}
