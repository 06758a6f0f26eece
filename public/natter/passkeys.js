// @ts-check

// Adding a passkey, and signing in with one. What a page has for it is hidden until it is known that
// it can work here: in a secure context, at an address that is a name and no number.

const TIMEOUT_MS = 10_000

const isThere = 'PublicKeyCredential' in globalThis && !/^[\d.]+$|^\[/.test(location.hostname)

for (const part of document.querySelectorAll('[data-passkeys]')) {
  part.toggleAttribute('hidden', (part.getAttribute('data-passkeys') === 'there') !== isThere)
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (form instanceof HTMLFormElement) form.addEventListener('submit', (event) => use(form, event))
}

/** A refusal of the server's, in its own words. */
class Refused extends Error {}

/** @type {Record<string, string>} */
const sentences = {
  NotAllowedError: 'No passkey was chosen. Try again when you like.',
  AbortError: 'No passkey was chosen. Try again when you like.',
  InvalidStateError: 'There is a passkey of yours on this device already.',
  NotSupportedError: 'This device cannot keep a passkey. Try another one.',
  ConstraintError: 'This device cannot keep a passkey. Try another one.',
}

/**
 * @param {HTMLFormElement} form
 * @param {SubmitEvent} event
 */
async function use(form, event) {
  event.preventDefault()
  if (form.ariaBusy === 'true') return
  form.ariaBusy = 'true'
  form.querySelector('.alert')?.remove()
  try {
    const options = await post(`/challenges${new URL(form.action).pathname}`, {})
    const credential = JSON.stringify(await answer(form.dataset.passkey, options))
    await post(form.action, { ...Object.fromEntries(new FormData(form)), credential })
    location.assign(form.dataset.to ?? '/')
  } catch (error) {
    say(form, error)
  } finally {
    form.ariaBusy = 'false'
  }
}

/**
 * @param {string | undefined} way
 * @param {any} options of that way, as the server gives them
 */
async function answer(way, options) {
  try {
    return await (way === 'create' ? create(options) : get(options))
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'SecurityError') throw error
    const host = options.rpId ?? options.rp.id
    throw new Refused(`Passkeys work at ${host} alone. Open that address, then try again.`)
  }
}

/** @param {any} options `PublicKeyCredentialCreationOptionsJSON` */
async function create(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: options.excludeCredentials.map(known),
    },
  })
  const { rawId, response } = /** @type {PublicKeyCredential} */ (made)
  const { clientDataJSON, attestationObject, getTransports } =
    /** @type {AuthenticatorAttestationResponse} */ (response)
  return credential(rawId, {
    clientDataJSON: text(clientDataJSON),
    attestationObject: text(attestationObject),
    transports: getTransports?.call(response) ?? [],
  })
}

/** @param {any} options `PublicKeyCredentialRequestOptionsJSON` */
async function get(options) {
  const shown = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge) },
  })
  const { rawId, response } = /** @type {PublicKeyCredential} */ (shown)
  const { clientDataJSON, authenticatorData, signature, userHandle } =
    /** @type {AuthenticatorAssertionResponse} */ (response)
  return credential(rawId, {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle && text(userHandle),
  })
}

/**
 * As `PublicKeyCredential.toJSON` writes it. By hand, like what is read: browsers and password
 * managers that lack it, or have it wrong, are still about.
 *
 * @param {ArrayBuffer} rawId
 * @param {object} response
 */
const credential = (rawId, response) => ({
  id: text(rawId),
  rawId: text(rawId),
  type: 'public-key',
  response,
})

/**
 * @param {string} address
 * @param {object} fields
 */
async function post(address, fields) {
  const { isTaken, value } = await sent(address, fields).catch(() => {
    throw new Refused('The server could not be reached. Try again in a moment.')
  })
  if (!isTaken) throw new Refused(value.detail)
  return value
}

/**
 * @param {string} address
 * @param {object} fields
 */
async function sent(address, fields) {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(fields),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  return { isTaken: answer.ok, value: await answer.json() }
}

/**
 * Says what went wrong above the button, read out at once.
 * @param {HTMLFormElement} form
 * @param {unknown} error
 */
function say(form, error) {
  const { name, message } = error instanceof Error ? error : new Error()
  const line = document.createElement('p')
  line.textContent =
    error instanceof Refused ? message : (sentences[name] ?? 'That did not work. Try again.')
  const alert = Object.assign(document.createElement('div'), { className: 'alert' })
  alert.setAttribute('role', 'alert')
  alert.append(line)
  form.querySelector('button')?.before(alert)
}

/** @param {{ id: string }} one a credential that somebody has already */
const known = (one) => ({ ...one, id: bytes(one.id) })

/** @param {string} base64url */
const bytes = (base64url) =>
  Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0))

/** @param {ArrayBuffer} buffer */
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
