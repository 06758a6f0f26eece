/** An authenticator in software: it makes and shows passkeys as WebAuthn says, with keys of its own. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** What a server asks a browser to make a passkey from. */
export type CreationJson = {
  challenge: string
  rp: { id: string }
  user: { id: string; name: string }
  timeout: number
  excludeCredentials: { id: string }[]
  authenticatorSelection: { residentKey: string; userVerification: string }
}

/** What a server asks a browser to sign in with. */
export type RequestJson = { challenge: string; rpId: string; userVerification: string }

/** What an answer says that a browser and a good authenticator would not let it say. */
export type Lies = {
  origin?: string
  rpId?: string
  /** The credential that it pretends to be. */
  id?: string
  userHandle?: string
  /** A counter that did not go up. */
  counter?: number
  /** Who vouches for a new passkey: nobody, its own key, or a maker by a certificate. */
  attestation?: 'none' | 'self' | 'certified'
}

export type Credential = { id: string; rawId: string; type: string; response: object }

const UP_UV = 0x05
const ATTESTED = 0x40

/** A passkey; `show` signs in with it. */
export class Passkey {
  readonly id = base64url(randomBytes(32))
  readonly origin: string
  counter = 0
  userHandle = ''
  readonly #key: KeyObject
  readonly #x: Buffer
  readonly #y: Buffer

  constructor(origin: string) {
    this.origin = origin
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    this.#key = privateKey
    this.#x = Buffer.from(x, 'base64url')
    this.#y = Buffer.from(y, 'base64url')
  }

  /** Answers `navigator.credentials.create()`. */
  create(options: CreationJson, lies: Lies = {}): Credential {
    this.userHandle = options.user.id
    const id = Buffer.from(lies.id ?? this.id, 'base64url')
    const length = Buffer.from([id.length >> 8, id.length & 255])
    const data = [this.#data(lies.rpId ?? options.rp.id, ATTESTED, 0), Buffer.alloc(16), length]
    const authData = Buffer.concat([...data, id, cbor(this.#cose())])
    const clientDataJSON = this.#clientData('webauthn.create', options.challenge, lies)
    const attestation = this.#attestation(lies.attestation, authData, clientDataJSON)
    return this.#credential(lies, {
      clientDataJSON,
      attestationObject: base64url(cbor(attestation)),
      transports: ['internal', 'carrier-pigeon'],
    })
  }

  /** Answers `navigator.credentials.get()`. */
  show(options: RequestJson, lies: Lies = {}): Credential {
    const counter = lies.counter ?? ++this.counter
    const authData = this.#data(lies.rpId ?? options.rpId, 0, counter)
    const clientDataJSON = this.#clientData('webauthn.get', options.challenge, lies)
    return this.#credential(lies, {
      clientDataJSON,
      authenticatorData: base64url(authData),
      signature: base64url(this.#sign(authData, clientDataJSON)),
      userHandle: lies.userHandle ?? this.userHandle,
    })
  }

  #credential(lies: Lies, response: object): Credential {
    const id = lies.id ?? this.id
    return { id, rawId: id, type: 'public-key', response }
  }

  #sign(authData: Buffer, clientDataJSON: string): Buffer {
    const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()
    return sign('sha256', Buffer.concat([authData, hash]), this.#key)
  }

  #attestation(kind: Lies['attestation'] = 'none', authData: Buffer, clientDataJSON: string) {
    const self: [string, unknown][] = [
      ['alg', -7],
      ['sig', this.#sign(authData, clientDataJSON)],
    ]
    const statements = {
      none: [],
      self,
      certified: [...self, ['x5c', [Buffer.from('a certificate')]] satisfies [string, unknown]],
    }
    return new Map<unknown, unknown>([
      ['fmt', kind === 'none' ? 'none' : 'packed'],
      ['attStmt', new Map<unknown, unknown>(statements[kind])],
      ['authData', authData],
    ])
  }

  #data(rpId: string, flags: number, counter: number): Buffer {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    const hash = createHash('sha256').update(rpId).digest()
    return Buffer.concat([hash, Buffer.from([UP_UV | flags]), count])
  }

  #clientData(type: string, challenge: string, { origin }: Lies): string {
    const data = { type, challenge, origin: origin ?? this.origin, crossOrigin: false }
    return base64url(Buffer.from(JSON.stringify(data)))
  }

  /** The public key: elliptic, ES256, P-256. https://www.rfc-editor.org/rfc/rfc9053#section-7.1.1 */
  #cose(): Map<unknown, unknown> {
    return new Map<unknown, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, this.#x],
      [-3, this.#y],
    ])
  }
}

export const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/** As much of CBOR as authenticators speak. https://www.rfc-editor.org/rfc/rfc8949#section-3 */
export function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') {
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  }
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)])
  if (value instanceof Map) {
    return Buffer.concat([head(5, value.size), ...[...value].flatMap((pair) => pair.map(cbor))])
  }
  throw new Error(`No authenticator says ${String(value)}.`)
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length])
  if (length < 256) return Buffer.from([(major << 5) | 24, length])
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255])
}
