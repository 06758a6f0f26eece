import { notFound, Refusal } from '../chat/refusal.ts'
import { readFields } from '../http/body.ts'
import type { Answer } from './context.ts'

/**
 * `POST` with `_method` for a browser without JavaScript, whose forms know GET and POST alone.
 * @param methods what each method does here.
 */
export const byFormMethod =
  (methods: Partial<Record<'PATCH' | 'PUT' | 'DELETE', Answer>>): Answer =>
  async (c) => {
    const fields = await readFields(c)
    if (fields instanceof Refusal) return fields
    const method = fields._method
    const handler =
      method === 'PATCH' || method === 'PUT' || method === 'DELETE' ? methods[method] : undefined
    return handler ? handler(c) : notFound('action')
  }
