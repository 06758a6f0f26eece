import { readPolicy, readPolicyDraft, setPolicy } from '../chat/policy.ts'
import { Refusal } from '../chat/refusal.ts'
import { readFields } from '../http/body.ts'
import { isPublicName, originOf } from '../http/outside.ts'
import { represent } from '../http/representation.ts'
import { SERVER_LOG } from '../live/log.ts'
import { policyFragment, policyJson, policyText } from '../pages/policy.tsx'
import { acted } from './acts.ts'
import { ownerAsker } from './browser.ts'
import type { Answer } from './context.ts'

/** `GET /policy`: who may enter and do what; for the server's owner. */
export const showPolicy: Answer = async (c) => {
  const asker = await ownerAsker(c)
  if (asker instanceof Refusal) return asker
  const policy = await readPolicy(c.var.sql)
  const isPublic = isPublicName(new URL(originOf(c)).hostname)
  return represent(c, {
    json: () => policyJson(policy),
    fragment: () =>
      policyFragment({ policy, isPublic, isSaved: c.req.query('saved') !== undefined }),
    text: () => policyText(policy),
  })
}

/** `PATCH /policy`: changes it; what is not given stays. */
export const changePolicy: Answer = async (c) => {
  const asker = await ownerAsker(c)
  if (asker instanceof Refusal) return asker
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const policy = readPolicyDraft(fields, await readPolicy(c.var.sql))
  if (policy instanceof Refusal) return policy
  const set = await setPolicy(c.var.sql, asker.person.id, policy)
  if (set instanceof Refusal) return set
  if (set.seq !== null) c.var.announce(SERVER_LOG, set.seq)
  const isPublic = isPublicName(new URL(originOf(c)).hostname)
  return acted(c, '/policy?saved', {
    json: () => policyJson(policy),
    fragment: () => policyFragment({ policy, isPublic, isSaved: true }),
    text: () => policyText(policy),
  })
}
