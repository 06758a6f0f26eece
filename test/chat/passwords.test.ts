import { scryptSync } from 'node:crypto'
import * as assert from 'uvu/assert'
import { createPasswords } from '../../handlers/chat/passwords.ts'
import { readConfig } from '../../handlers/config.ts'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'

const test = suite('passwords')

const passwords = createPasswords(4)

test('the right password is right, and any other is not', async () => {
  const stored = await passwords.hash('correct horse')
  assert.equal(await passwords.check('correct horse', stored), { isRight: true, isStale: false })
  for (const other of ['correct horsE', 'correct horse ', '', stored]) {
    assert.is((await passwords.check(other, stored)).isRight, false, other)
  }
})

test('the same password is stored differently each time, and holds nothing of itself', async () => {
  const { hash } = createPasswords(readConfig({}).passwordCost)
  const [one, other] = await Promise.all([hash('horsehorse'), hash('horsehorse')])
  assert.is.not(one, other)
  assert.match(one, /^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/)
  assert.not.match(one, /horse/)
})

test('what was made at another cost is right as well, and to be made anew', async () => {
  const salt = Buffer.alloc(16, 7)
  const hash = scryptSync('an old one', salt, 32, { N: 2 ** 10, r: 8, p: 1 })
  const [at, is] = [salt, hash].map((bytes) => bytes.toString('base64').replaceAll('=', ''))
  const stored = `$scrypt$ln=10,r=8,p=1$${at}$${is}`
  assert.equal(await passwords.check('an old one', stored), { isRight: true, isStale: true })
  assert.is((await passwords.check('another one', stored)).isRight, false)
})

test('nothing is right where no password is stored', async () => {
  assert.is((await passwords.check('', null)).isRight, false)
  assert.is((await passwords.check('\0'.repeat(32), null)).isRight, false)
})

test('the cost of new hashes is a setting, within bounds', async () => {
  const { passwordCost } = readConfig({ PASSWORD_COST: '4' })
  assert.match(await createPasswords(passwordCost).hash('quick one'), /^\$scrypt\$ln=4,r=8,p=3\$/)
  for (const wrong of ['3', '21', 'low', '']) {
    const read = () => readConfig({ PASSWORD_COST: wrong })
    if (wrong) assert.throws(read, /PASSWORD_COST is .* from 4 to 20/)
    else assert.is(read().passwordCost, 15)
  }
})

test('letters are the same however a keyboard writes them', async () => {
  const stored = await passwords.hash('Zo\u00eb und caf\u00e9')
  assert.ok((await passwords.check('Zoe\u0308 und cafe\u0301', stored)).isRight)
})

test('many at once are all looked at', async () => {
  const stored = await passwords.hash('one of many')
  const checks = Array.from({ length: 9 }, (_, i) =>
    passwords.check(i % 3 === 0 ? 'one of many' : `other ${i}`, stored),
  )
  const right = (await Promise.all(checks)).map(({ isRight }) => isRight)
  assert.equal(right, [true, false, false, true, false, false, true, false, false])
})

test('those who would wait longer than the bound are refused', async () => {
  const { hash } = createPasswords(4)
  const most = limits.passwordsAtOnce + limits.passwordsWaiting
  const asked = Array.from({ length: most + 3 }, () => hash('one of many'))
  const refused = (await Promise.allSettled(asked)).map(({ status }) => status === 'rejected')
  assert.equal(refused, [...Array(most).fill(false), true, true, true])
})

test('what this server did not write is not taken for a password', async () => {
  for (const stored of ['', 'plain', '$2b$10$abcdefghijklmnopqrstuv', '$scrypt$ln=15$$']) {
    let failed = false
    await passwords.check('plain', stored).catch(() => {
      failed = true
    })
    assert.ok(failed, stored)
  }
})

test.run()
