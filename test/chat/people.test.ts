import * as assert from 'uvu/assert'
import { openAccount, signOut } from '../../handlers/chat/accounts.ts'
import { identify } from '../../handlers/chat/entry.ts'
import { createPasswords } from '../../handlers/chat/passwords.ts'
import { readProfile, rename } from '../../handlers/chat/people.ts'
import { readServer } from '../../handlers/chat/server.ts'
import { friendlyColor, friendlyName } from '../../handlers/chat/words.ts'
import { suite } from '../suite.ts'
import {
  drivers,
  enterOne,
  guest,
  openStorage,
  refusedAs,
  type Storage,
  succeeded,
} from './storage.ts'

const passwords = createPasswords(4)

/** Without an invitation, from nowhere in particular. */
const nobodys = { link: null, address: null }

for (const driver of drivers) {
  const test = suite(`people on ${driver}`)
  let storage: Storage

  test.before(async () => {
    storage = await openStorage(driver)
  })
  test.after(() => storage.close())

  test('a guest is known by their session, and by no other', async () => {
    const { sql } = storage
    const { person, session } = await guest(sql)
    const known = { person, isBanned: false, policy: 'open', hints: true }
    assert.equal(await identify(sql, session), known)
    assert.is(person.kind, 'guest')
    assert.is((await identify(sql, null)).person, null)
    assert.is((await identify(sql, Buffer.alloc(32))).person, null)
    assert.is((await identify(sql, session.subarray(1))).person, null)
  })

  test('two people may have the same name', async () => {
    const { sql } = storage
    const [first, second] = [await guest(sql, 'ann'), await guest(sql, 'ann')]
    assert.is.not(first.person.id, second.person.id)
  })

  test('a new name holds from now on, for the same person', async () => {
    const { sql } = storage
    const { person, session } = await guest(sql)
    const renamed = succeeded(await rename(sql, person, { name: 'Anna', color: '#aa0000' }))
    assert.equal(renamed.person, { ...person, name: 'Anna', color: '#aa0000' })
    assert.equal((await enterOne(sql, session, 'lobby')).person, renamed.person)
  })

  test("renames at once take the next numbers of the server's log, with no gap", async () => {
    const { sql } = storage
    const heads = await sql.query<{ last_seq: number }>('select last_seq from server')
    const before = heads.rows[0]?.last_seq ?? Number.NaN
    const people = await Promise.all(Array.from({ length: 20 }, () => guest(sql)))
    const answers = await Promise.all(
      people.flatMap(({ person }, i) => [
        rename(sql, person, { name: `ann ${i}`, color: '#000000' }),
        rename(sql, person, { name: `eve ${i}`, color: '#000000' }),
      ]),
    )
    const renamed = answers.map(succeeded)
    const seqs = renamed.map(({ seq }) => seq ?? Number.NaN).sort((a, b) => a - b)
    assert.equal(
      seqs,
      seqs.map((_, i) => before + 1 + i),
    )
    const { rows } = await sql.query<{ seq: number; type: string; person_id: number }>(
      'select seq, type, person_id from server_log where seq > $1 order by seq',
      [before],
    )
    const told = renamed.map(({ seq, person: { id } }) => ({ seq, id }))
    assert.equal(
      rows.map(({ seq, person_id }) => ({ seq, id: person_id })),
      told.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0)),
    )
    assert.ok(rows.every(({ type }) => type === 'person.changed'))
  })

  test('the name that somebody has already is no change', async () => {
    const { sql } = storage
    const { person } = await guest(sql)
    const profile = { name: 'Anna', color: '#aa0000' }
    const answers = await Promise.all([rename(sql, person, profile), rename(sql, person, profile)])
    const twice = answers.map(succeeded)
    for (const one of twice) assert.equal(one.person, { ...person, ...profile })
    assert.is(twice.filter(({ seq }) => seq === null).length, 1)
    assert.is(succeeded(await rename(sql, person, profile)).seq, null)
  })

  test('who has become a member since they were read is not renamed past their login', async () => {
    const { sql } = storage
    const { person, session } = await guest(sql)
    const profile = { name: `Member ${person.id}`, color: '#aa0000' }
    const key = Buffer.from(`session ${person.id}`)
    const draft = { profile, password: 'a few plain words' }
    succeeded(
      await openAccount(
        { sql, passwords },
        { person, session },
        draft,
        { key, device: 'A program' },
        nobodys,
      ),
    )
    const other = { name: `Other ${person.id}`, color: '#aa0000' }
    assert.is(refusedAs(await rename(sql, person, other)), 'conflict')
    const { rows } = await sql.query(
      'select name, login, kind from people join accounts on person_id = id where id = $1',
      [person.id],
    )
    assert.equal(rows, [{ name: profile.name, login: profile.name.toLowerCase(), kind: 'member' }])
  })

  test('a guest who has signed out meanwhile gets no account', async () => {
    const { sql } = storage
    const { person, session } = await guest(sql)
    assert.ok((await signOut(sql, session)) !== null)
    const draft = {
      profile: { name: `Late ${person.id}`, color: '#aa0000' },
      password: 'too late now',
    }
    const late = { key: Buffer.from(`late ${person.id}`), device: 'A program' }
    const opened = await openAccount({ sql, passwords }, { person, session }, draft, late, nobodys)
    assert.is(refusedAs(opened), 'conflict')
    assert.is((await enterOne(sql, Buffer.from(`late ${person.id}`), 'lobby')).person, null)
  })

  test('the server has a secret and a word of its own, the same each time', async () => {
    const server = await readServer(storage.sql)
    assert.equal(await readServer(storage.sql), server)
    assert.ok(server.secret.length >= 64)
    assert.match(server.word, /^[0-9a-f-]{36} \d+$/, 'the word names the cluster as well')
  })

  test.run()
}

const test = suite('names and colours')

const nameOf = (name: string) => succeeded(readProfile({ name, color: '#000000' }, null)).name

test('a name is trimmed, and has single spaces', () => {
  assert.is(nameOf('  Ann \t Lee\n'), 'Ann Lee')
  assert.is(nameOf('Ann \u200b Lee'), 'Ann Lee')
  assert.is(nameOf('a\u00a0\u2003b'), 'a b')
})

test('invisible and direction-turning characters are taken out of a name', () => {
  for (const code of [0x200b, 0x200e, 0x200f, 0x202e, 0x2060, 0x2066, 0x2069, 0xfeff, 0x61c, 7]) {
    assert.is(nameOf(`An${String.fromCodePoint(code)}n`), 'Ann', code.toString(16))
  }
})

test('what joins letters and emoji stays', () => {
  for (const name of ['👩‍👩‍👧', 'می‌خواهم', '❤️']) assert.is(nameOf(name), name)
})

test('a name of nothing that one could see is missing', () => {
  for (const name of ['', '  ', '\u200b\u200b', '\u200d', '\ufe0f', '\u3164', '\u2800', '\u00ad']) {
    const codes = [...name].map((one) => one.codePointAt(0)?.toString(16)).join(' ')
    assert.is(refusedAs(readProfile({ name }, null)), 'invalid', codes)
  }
})

test('a name has at most 40 characters, emoji counted once', () => {
  assert.is(nameOf('🦦'.repeat(40)), '🦦'.repeat(40))
  assert.is(refusedAs(readProfile({ name: 'x'.repeat(41) }, null)), 'invalid')
})

test('a colour is written #rrggbb, and kept in lower case', () => {
  assert.is(succeeded(readProfile({ name: 'ann', color: '#AABBCC' }, null)).color, '#aabbcc')
  for (const color of ['', 'red', '#abc', '#aabbcg', '#aabbcc ', '#aabbcc\n', 'url(#aabbcc)']) {
    assert.is(refusedAs(readProfile({ name: 'ann', color }, null)), 'invalid', color)
  }
})

test('what is not given stays, and a visitor who gives no colour gets one', () => {
  const standing = { name: 'Ann', color: '#112233' }
  assert.equal(readProfile({}, standing), standing)
  assert.equal(readProfile({ name: 'Bo' }, standing), { name: 'Bo', color: '#112233' })
  assert.match(succeeded(readProfile({ name: 'Bo' }, null)).color, /^#[0-9a-f]{6}$/)
  assert.is(refusedAs(readProfile({ color: '#112233' }, null)), 'invalid')
})

test('a suggested name is two friendly words, and a suggested colour is one', () => {
  for (let turn = 0; turn < 500; turn++) {
    assert.match(friendlyName(), /^[a-z]+-[a-z]+$/)
    assert.match(friendlyColor(), /^#[0-9a-f]{6}$/)
  }
})

test.run()
