import { randomBytes } from 'node:crypto'
import { limits } from '../limits.ts'
import type { Sql } from './sql.ts'

const CHALLENGE_BYTES = 32

/**
 * Makes what an authenticator is to sign, good once and not for long. Some that nobody answered in
 * time are swept by the way.
 * @param personId who it is for; null for somebody who signs in.
 */
export async function makeChallenge(sql: Sql, personId: number | null): Promise<Uint8Array> {
  const challenge = randomBytes(CHALLENGE_BYTES)
  await sql.query(
    `with swept as (
       delete from passkey_challenges where challenge in (
         select challenge from passkey_challenges where expires_at <= now()
          order by expires_at limit $4 for update skip locked)
     )
     insert into passkey_challenges (challenge, person_id, expires_at)
     values ($1, $2, now() + make_interval(secs => $3))`,
    [challenge, personId, limits.challengeSeconds, limits.challengesSwept],
  )
  return challenge
}

/**
 * Takes a challenge away, whatever then becomes of its answer.
 * @param personId who answers; a challenge of somebody else stays theirs.
 * @returns whether it was there, and in time.
 */
export async function takeChallenge(
  sql: Sql,
  challenge: Uint8Array,
  personId: number | null,
): Promise<boolean> {
  const { rows } = await sql.query<{ isLive: boolean }>(
    `delete from passkey_challenges where challenge = $1 and person_id is not distinct from $2
     returning expires_at > now() as "isLive"`,
    [challenge, personId],
  )
  return rows[0]?.isLive ?? false
}
