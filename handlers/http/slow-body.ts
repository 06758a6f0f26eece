import { Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'
import { within } from './faults.ts'

/** A body whose sender may not be slow for long, nor take for ever. */
export async function* timely(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (!body) return
  const iterator = body[Symbol.asyncIterator]()
  const end = performance.now() + limits.uploadMs
  let [until, bytes] = [0, Number.POSITIVE_INFINITY]
  for (;;) {
    // Who sends a byte now and then holds a slot for as long as who sends nothing.
    if (bytes >= limits.uploadLeastBytes) {
      until = Math.min(end, performance.now() + limits.uploadSilentMs)
      bytes = 0
    }
    const left = until - performance.now()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Nothing came for too long.')), left)
    })
    const { value, done } = await Promise.race([iterator.next(), late]).finally(() =>
      clearTimeout(timer),
    )
    if (done) return
    bytes += value.length
    yield value
  }
}

/** A browser reads no answer while it sends: what is refused is read on for a while, and dropped. */
export async function readOn(body: AsyncGenerator<Uint8Array>): Promise<void> {
  const until = performance.now() + limits.refusedMs
  let bytes = 0
  for (;;) {
    const next = await within(limits.refusedMs, body.next()).catch(() => null)
    if (!next || next instanceof Refusal || next.done) return
    bytes += next.value.length
    if (bytes > limits.refusedBytes || performance.now() > until) return
  }
}
