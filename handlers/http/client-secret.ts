import * as client from 'openid-client'

/** How Natter shows a provider that it is the client that the provider knows. */
export type ClientSecret = {
  authentication: client.ClientAuth
  /** Shows it in the other way from now on. @returns whether there is another way */
  turn(): boolean
}

/**
 * A secret stands in a header or in the form: a provider says what it takes in general, and may have
 * agreed on one of the two for this client. `client_secret_basic` is what holds where it says nothing.
 * https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
 * @param secret a public client has none.
 */
export function clientSecret(secret: string | undefined): ClientSecret {
  if (!secret) return { authentication: client.None(), turn: () => false }
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)]
  let isTurned = false
  return {
    authentication(server, ...rest) {
      const taken = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
      const isPost = !taken.includes('client_secret_basic') && taken.includes('client_secret_post')
      const show = isPost === isTurned ? basic : post
      return show(server, ...rest)
    },
    turn() {
      isTurned = !isTurned
      return true
    },
  }
}

/** Whether a provider does not know the client by what it was shown. */
export const isClientUnknown = (error: unknown): boolean =>
  error instanceof client.WWWAuthenticateChallengeError
    ? error.status === 401
    : error instanceof client.ResponseBodyError && error.error === 'invalid_client'
