import { randomBytes } from 'node:crypto'
import * as assert from 'uvu/assert'
import { openAccount } from '../../handlers/chat/accounts.ts'
import { makeChallenge, takeChallenge } from '../../handlers/chat/challenges.ts'
import { offerSignIn, signInByPasskey } from '../../handlers/chat/passkey-sessions.ts'
import { addPasskey, listPasskeys, offerPasskey } from '../../handlers/chat/passkeys.ts'
import { createPasswords } from '../../handlers/chat/passwords.ts'
import type { Person } from '../../handlers/chat/people.ts'
import { limits } from '../../handlers/limits.ts'
import { type CreationJson, Passkey, type RequestJson } from '../handlers/authenticator.ts'
import { suite } from '../suite.ts'
import { drivers, guest, openStorage, type Storage, succeeded } from './storage.ts'

const site = { host: 'chat.example', origin: 'https://chat.example' }

const passwords = createPasswords(4)

/** Without an invitation, from nowhere in particular. */
const nobodys = { link: null, address: null }

for (const driver of drivers) {
  const test = suite(`passkeys on ${driver}`)
  let storage: Storage

  test.before(async () => {
    storage = await openStorage(driver)
  })
  test.after(() => storage.close())

  const newSession = () => ({ key: randomBytes(32), device: 'A program' })

  async function member(): Promise<Person> {
    const profile = { name: `Member ${randomBytes(6).toString('hex')}`, color: '#336699' }
    const draft = { profile, password: 'a few plain words' }
    return succeeded(
      await openAccount({ sql: storage.sql, passwords }, null, draft, newSession(), nobodys),
    ).person
  }

  async function add(person: Person): Promise<Passkey> {
    const passkey = new Passkey(site.origin)
    const options = succeeded(await offerPasskey(storage.sql, person, site)) as CreationJson
    const credential = JSON.stringify(passkey.create(options))
    succeeded(await addPasskey(storage.sql, person, { site, device: 'A program', credential }))
    return passkey
  }

  test('a passkey is kept, and signs its person in', async () => {
    const { sql } = storage
    const person = await member()
    const passkey = await add(person)
    const options = (await offerSignIn(sql, site)) as RequestJson
    const shown = { credential: JSON.stringify(passkey.show(options)), site }
    const session = newSession()
    assert.equal(succeeded(await signInByPasskey(sql, shown, session, null)).person, person)
    const [kept] = await listPasskeys(sql, person)
    assert.equal([kept?.id, kept?.transports], [passkey.id, ['internal']])
    assert.ok(kept?.createdAt instanceof Date && kept.usedAt instanceof Date)
  })

  test('a challenge is taken by one of many, and by whom it is for', async () => {
    const { sql } = storage
    const [ann, ben] = [(await guest(sql)).person.id, (await guest(sql)).person.id]
    const challenge = await makeChallenge(sql, ann)
    assert.is(await takeChallenge(sql, challenge, null), false)
    assert.is(await takeChallenge(sql, challenge, ben), false)
    const answers = Array.from({ length: 10 }, () => takeChallenge(sql, challenge, ann))
    assert.is((await Promise.all(answers)).filter((taken) => taken).length, 1)
    assert.is(await takeChallenge(sql, randomBytes(32), null), false)
  })

  test('many who sign in at once sweep what is old without waiting for each other', async () => {
    const { sql } = storage
    await sql.query(
      `insert into passkey_challenges (challenge, expires_at)
       select sha256(convert_to(n::text, 'UTF8')), now() - interval '1 second'
         from generate_series(1, $1) n`,
      [limits.challengesSwept * 10],
    )
    const made = await Promise.all(Array.from({ length: 20 }, () => makeChallenge(sql, null)))
    await makeChallenge(sql, null)
    const { rows } = await sql.query<{ old: number }>(
      'select count(*)::int as old from passkey_challenges where expires_at < now()',
    )
    assert.is(rows[0]?.old, 0)
    for (const challenge of made) assert.is(await takeChallenge(sql, challenge, null), true)
  })

  test('passkeys go with their person, and challenges too', async () => {
    const { sql } = storage
    const person = await member()
    await add(person)
    await makeChallenge(sql, person.id)
    await sql.query('delete from people where id = $1', [person.id])
    const { rows } = await sql.query(
      'select id from passkeys where person_id = $1 union select challenge from passkey_challenges where person_id = $1',
      [person.id],
    )
    assert.equal(rows, [])
  })

  test.run()
}
