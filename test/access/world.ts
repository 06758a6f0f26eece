/** The people and rooms of the access matrix, made by requests alone. */
import { randomBytes } from 'node:crypto'
import { type Role, roles } from './roles.ts'

/** A request, and how it is answered: by `app.request()`, or over the wire. */
export type Send = (request: Request) => Promise<Answer>
export type Request = {
  method: string
  path: string
  headers: Record<string, string>
  /** JSON. */
  body?: string
}
export type Answer = {
  status: number
  text: string
  cookies: string[]
  headers: Record<string, unknown>
}

/** A body that is a form with a file in it, and not JSON. */
export class FileForm {
  static readonly type = 'multipart/form-data; boundary=boundary-of-a-file'
  readonly text: string
  constructor(name: string, words: string) {
    const head = `Content-Disposition: form-data; name="file"; filename="${name}"`
    this.text = `--boundary-of-a-file\r\n${head}\r\n\r\n${words}\r\n--boundary-of-a-file--\r\n`
  }
}

/** What somebody shows of themselves. */
export type Shown = Record<string, string>

/** What the server's owner may let in: everybody, guests by link, accounts alone. */
export type Entry = 'open' | 'invited' | 'members'

type Person = { id: string; name: string; shown: Shown; isAccount: boolean }

/** What a row's address and body are filled in from. */
export type Room = {
  slug: string
  /** A message of the room's owner. */
  n: number
  /** Somebody in the room, without a rank. */
  target: string
  /** Somebody whom the room keeps out. */
  kept: string
  /** What they show of themselves. */
  asKept: Shown
  /** Its name, topic and text, none of which its address holds. */
  secrets: string[]
  report: string
  file: string
  link: string
  /** What an invitation to the closed room holds. */
  token: string
  /** The same of an invitation to read. */
  readToken: string
}

const PASSWORD = 'a few plain words'
const word = () => randomBytes(5).toString('hex')

export class World {
  readonly #send: Send
  readonly #ownerToken: (() => Promise<string>) | null
  #people = new Map<Role, Person>()
  #subjectShown: Shown = {}
  #entry: Entry = 'open'
  closed!: Room
  open!: Room
  /** An account of nobody in the table, whom the server's owner may change. */
  subject!: string
  /** A token and a device of theirs, which are nobody's business in the table. */
  foreign!: { token: string; device: string }
  /** Somebody who is met in an open room. */
  met!: string

  /**
   * @param ownerToken what a link holds that makes an owner of the server; null where there is none
   * to be had, and nobody is who needs one: `ofOwner` in roles.ts
   */
  constructor(send: Send, ownerToken: (() => Promise<string>) | null) {
    this.#send = send
    this.#ownerToken = ownerToken
  }

  /** Makes everybody, and the rooms. */
  async begin(): Promise<void> {
    const accounts: Role[] = ['outside', 'inside', 'moderator', 'room owner']
    for (const role of accounts) this.#people.set(role, await this.#account())
    if (this.#ownerToken) await this.#owner(await this.#ownerToken())
    await this.#subject()
    for (const scope of ['write', 'read'] as const) {
      const made = await this.ask(this.#of('inside').shown, 'POST', '/tokens', {
        name: 'matrix',
        scope,
      })
      const { token } = JSON.parse(expect(made, 201).text)
      const role = scope === 'write' ? 'token' : 'read token'
      const shown = { authorization: `Bearer ${token}` }
      this.#people.set(role, { ...this.#of('inside'), shown })
    }
    await this.#guests()
    await this.#rooms()
  }

  async #owner(token: string): Promise<void> {
    const asked = { name: `Owner ${word()}`, password: PASSWORD }
    const entered = await this.ask({}, 'POST', `/enter/${token}`, asked)
    this.#people.set('server owner', personOf(expect(entered, 201), true))
  }

  /** Somebody with a token and a device of their own. */
  async #subject(): Promise<void> {
    const { id, shown } = await this.#account()
    this.subject = id
    const made = await this.ask(shown, 'POST', '/tokens', { name: 'theirs', scope: 'read' })
    const devices = await this.ask(shown, 'GET', '/devices')
    const [device] = JSON.parse(expect(devices, 200).text).sessions
    this.foreign = { token: JSON.parse(expect(made, 201).text).id, device: device.id }
    this.#subjectShown = shown
  }

  /** What stands of what is the subject's alone. */
  async foreignLeft(): Promise<{ tokens: number; devices: number }> {
    const tokens = expect(await this.ask(this.#subjectShown, 'GET', '/tokens'), 200)
    const devices = expect(await this.ask(this.#subjectShown, 'GET', '/devices'), 200)
    return {
      tokens: JSON.parse(tokens.text).tokens.length,
      devices: JSON.parse(devices.text).sessions.length,
    }
  }

  /** Does something while the server lets in others than everybody, and lets everybody in again. */
  async under<T>(entry: Entry, doing: () => Promise<T>): Promise<T> {
    await this.enter(entry)
    try {
      return await doing()
    } finally {
      await this.enter('open')
    }
  }

  /** Says whom the server lets in from now on. */
  async enter(entry: Entry): Promise<void> {
    if (entry === this.#entry) return
    expect(await this.ask(this.#of('server owner').shown, 'PATCH', '/policy', { entry }), 200)
    this.#entry = entry
  }

  async #guests(): Promise<void> {
    for (const role of ['guest', 'by link', 'reader'] as const) {
      this.#people.set(role, await this.#guest())
    }
    const ended = await this.#guest()
    expect(await this.ask(ended.shown, 'DELETE', '/sessions/current'), 200)
    this.#people.set('ended', ended)
    if (this.#ownerToken) await this.#banned()
  }

  /**
   * Gives a role a session that holds, after something was asked as that person which may have ended
   * the session or made an account of a guest: a member signs in, a guest is made anew. The shown
   * things of a visitor, an ended session and a token stay what they are.
   */
  async renewPerson(role: Role): Promise<void> {
    await this.enter('open')
    if (this.#people.get(role)?.isAccount) return this.#signIn(role)
    if (role === 'banned') return this.#banned()
    if (role !== 'guest' && role !== 'by link' && role !== 'reader') return
    const person = await this.#guest()
    this.#people.set(role, person)
    if (role === 'guest') return
    for (const { token, readToken } of [this.closed, this.open]) {
      const path = `/join/${role === 'reader' ? readToken : token}`
      expect(await this.ask(person.shown, 'POST', path), 201)
    }
  }

  async #banned(): Promise<void> {
    const banned = await this.#guest()
    const owner = this.#of('server owner').shown
    expect(await this.ask(owner, 'PUT', `/people/${banned.id}/ban`, {}), 200)
    this.#people.set('banned', banned)
  }

  /** Whether there is such a one. */
  has(role: Role): boolean {
    return role === 'visitor' || this.#people.has(role)
  }

  async #signIn(role: Role): Promise<void> {
    const person = this.#of(role)
    if (person.shown.authorization) return
    const device = person.shown.cookie?.split('; ').find((one) => one.startsWith('natter_device='))
    const asked = { name: person.name, password: PASSWORD }
    const entered = await this.ask(device ? { cookie: device } : {}, 'POST', '/sessions', asked)
    this.#people.set(role, personOf(expect(entered, 201), true))
  }

  async #rooms(): Promise<void> {
    const met = await this.#guest()
    expect(await this.ask(met.shown, 'POST', '/r/lobby/messages', { body: 'here I am' }), 201)
    this.met = met.id
    await this.renewRoom('closed')
    await this.renewRoom('open')
  }

  async renewRoom(which: 'closed' | 'open'): Promise<void> {
    await this.enter('open')
    this[which] = await this.#room(which)
  }

  /** Asks as one of the table. */
  as(role: Role, method: string, path: string, body?: object): Promise<Answer> {
    return this.ask(this.shownBy(role), method, path, body)
  }

  /** What somebody of the table shows of themselves. */
  shownBy(role: Role): Shown {
    return role === 'visitor' ? {} : this.#of(role).shown
  }

  /** The same as a browser asks, for a page. */
  page(shown: Shown, path: string): Promise<Answer> {
    return this.#send({ method: 'GET', path, headers: { accept: 'text/html', ...shown } })
  }

  nameOf(role: Role): string {
    return this.#people.get(role)?.name ?? 'somebody new'
  }

  async ask(shown: Shown, method: string, path: string, body?: object): Promise<Answer> {
    const headers = { accept: 'application/json', ...shown }
    if (method === 'GET') return this.#send({ method, path, headers })
    return this.#send({
      method,
      path,
      ...(body instanceof FileForm
        ? { headers: { ...headers, 'content-type': FileForm.type }, body: body.text }
        : {
            headers: { ...headers, 'content-type': 'application/json' },
            body: JSON.stringify(body ?? {}),
          }),
    })
  }

  #of(role: Role): Person {
    const person = this.#people.get(role)
    if (!person) throw new Error(`Nobody is ${role} yet.`)
    return person
  }

  async #guest(): Promise<Person> {
    const made = await this.ask({}, 'PATCH', '/me', { name: `guest ${word()}` })
    return personOf(expect(made, 200), false)
  }

  async #account(): Promise<Person> {
    const asked = { name: `Member ${word()}`, password: PASSWORD }
    return personOf(expect(await this.ask({}, 'POST', '/accounts', asked), 201), true)
  }

  /** A room with everybody in it as the table has them. */
  async #room(visibility: 'open' | 'closed'): Promise<Room> {
    const owner = this.#of('room owner').shown
    const [name, topic] = [`Matrix ${word()}`, `topic ${word()}`]
    const named = { name, topic, visibility }
    const made = expect(await this.ask(owner, 'POST', '/rooms', named), 201)
    const { slug } = JSON.parse(made.text).room
    const path = `/r/${slug}`
    const [write, read] = [await this.#link(path, 'write'), await this.#link(path, 'read')]
    const [target, kept] = [await this.#guest(), await this.#guest()]
    const coming = [this.#of('by link'), this.#of('inside'), this.#of('moderator'), target, kept]
    await Promise.all(
      coming.map(async ({ shown }) =>
        expect(await this.ask(shown, 'POST', `/join/${write.token}`), 201),
      ),
    )
    expect(await this.ask(this.#of('reader').shown, 'POST', `/join/${read.token}`), 201)
    const moderator = `${path}/members/${this.#of('moderator').id}`
    expect(await this.ask(owner, 'PUT', moderator, { role: 'moderator' }), 200)
    const words = { body: `words ${word()}` }
    const said = expect(await this.ask(owner, 'POST', `${path}/messages`, words), 201)
    const { n } = JSON.parse(said.text)
    const attached = `file-${word()}.txt`
    const brought = new FileForm(attached, `inside ${words.body}`)
    const sent = expect(await this.ask(owner, 'POST', `${path}/files`, brought), 201)
    expect(await this.ask(target.shown, 'POST', `${path}/messages/${n}/reports`, {}), 201)
    const reports = expect(await this.ask(owner, 'GET', `${path}/reports`), 200)
    expect(await this.ask(owner, 'PUT', `${path}/bans/${kept.id}`), 200)
    const report = JSON.parse(reports.text).reports[0].id
    return {
      slug,
      n,
      target: target.id,
      kept: kept.id,
      asKept: kept.shown,
      secrets: [name, topic, words.body, attached],
      report,
      file: JSON.parse(sent.text).files[0].id,
      link: read.id,
      token: write.token,
      readToken: read.token,
    }
  }

  async #link(path: string, access: string): Promise<{ id: string; token: string }> {
    const made = await this.ask(this.#of('room owner').shown, 'POST', `${path}/links`, { access })
    const { id, url } = JSON.parse(expect(made, 201).text)
    return { id, token: url.slice(url.lastIndexOf('/') + 1) }
  }
}

export { roles }

function expect(answer: Answer, status: number): Answer {
  if (answer.status === status) return answer
  throw new Error(`${answer.status} in place of ${status}: ${answer.text.slice(0, 300)}`)
}

function personOf({ text, cookies }: Answer, isAccount: boolean): Person {
  const { id, name } = JSON.parse(text)
  const cookie = cookies.map((one) => one.split(';')[0]).join('; ')
  return { id, name, shown: { cookie }, isAccount }
}
