import { scryptSync } from 'node:crypto'
import * as assert from 'uvu/assert'
import { checkPassword, hashPassword } from '../../handlers/chat/passwords.ts'
import { suite } from '../suite.ts'

const test = suite('passwords')

test('the right password is right, and any other is not', async () => {
  const stored = await hashPassword('correct horse')
  assert.equal(await checkPassword('correct horse', stored), { isRight: true, isStale: false })
  for (const other of ['correct horsE', 'correct horse ', '', stored]) {
    assert.is((await checkPassword(other, stored)).isRight, false, other)
  }
})

test('the same password is stored differently each time, and holds nothing of itself', async () => {
  const [one, other] = await Promise.all([hashPassword('horsehorse'), hashPassword('horsehorse')])
  assert.is.not(one, other)
  assert.match(one, /^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/)
  assert.not.match(one, /horse/)
})

test('what was made at another cost is right as well, and to be made anew', async () => {
  const salt = Buffer.alloc(16, 7)
  const hash = scryptSync('an old one', salt, 32, { N: 2 ** 10, r: 8, p: 1 })
  const [at, is] = [salt, hash].map((bytes) => bytes.toString('base64').replaceAll('=', ''))
  const stored = `$scrypt$ln=10,r=8,p=1$${at}$${is}`
  assert.equal(await checkPassword('an old one', stored), { isRight: true, isStale: true })
  assert.is((await checkPassword('another one', stored)).isRight, false)
})

test('nothing is right where no password is stored', async () => {
  assert.is((await checkPassword('', null)).isRight, false)
  assert.is((await checkPassword('\0'.repeat(32), null)).isRight, false)
})

test('letters are the same however a keyboard writes them', async () => {
  const stored = await hashPassword('Zo\u00eb und caf\u00e9')
  assert.ok((await checkPassword('Zoe\u0308 und cafe\u0301', stored)).isRight)
})

test('many at once are all looked at', async () => {
  const stored = await hashPassword('one of many')
  const checks = Array.from({ length: 9 }, (_, i) =>
    checkPassword(i % 3 === 0 ? 'one of many' : `other ${i}`, stored),
  )
  const right = (await Promise.all(checks)).map(({ isRight }) => isRight)
  assert.equal(right, [true, false, false, true, false, false, true, false, false])
})

test('what this server did not write is not taken for a password', async () => {
  for (const stored of ['', 'plain', '$2b$10$abcdefghijklmnopqrstuv', '$scrypt$ln=15$$']) {
    let failed = false
    await checkPassword('plain', stored).catch(() => {
      failed = true
    })
    assert.ok(failed, stored)
  }
})

test.run()
