// @ts-check
// Makes one smaller picture, in a process that has nothing else and lives no longer: a picture comes in
// by the standard input, a WebP goes out, or nothing where none is needed. What goes wrong in a decoder
// goes wrong here alone.
//
// Arguments: width, height, pixels at the most, bytes of memory at the most.
import { writeFile } from 'node:fs/promises'
import { setPriority } from 'node:os'

const [width = 0, height = 0, pixels = 0, memory = 0] = process.argv.slice(2).map(Number)

// The server goes first, and is the last to be taken when memory runs out.
try {
  setPriority(10)
} catch {}
await writeFile('/proc/self/oom_score_adj', '1000').catch(() => {})

// Decoders work in threads of their own, so that the timer comes all the same.
setInterval(() => {
  if (process.memoryUsage.rss() > memory) process.exit(3)
}, 20).unref()

const { default: sharp } = await import('sharp')
sharp.cache(false)
sharp.concurrency(1)

const image = sharp({
  limitInputPixels: pixels,
  failOn: 'error',
  sequentialRead: true,
  animated: false,
})
process.stdin.pipe(image)
const { pages = 1, width: wide = 0, height: high = 0 } = await image.metadata()
// What moves stays as it is, and what is small enough needs nothing smaller.
if (pages > 1 || (wide <= width && high <= height)) process.exit(0)
const preview = await image
  .autoOrient()
  .resize({ width, height, fit: 'inside', withoutEnlargement: true })
  .webp({ quality: 75, effort: 3 })
  .toBuffer()
process.stdout.write(preview, () => process.exit(0))
