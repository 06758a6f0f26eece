import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { limits } from '../limits.ts'

/**
 * Makes a smaller picture.
 * @param bytes are read when it is the picture's turn.
 * @param size is that of previews, if no other.
 * @returns null where none is needed, and where none could be made: too large, damaged, out of time, or no sharp here.
 */
export type Previews = (
  bytes: () => AsyncIterable<Uint8Array>,
  size?: Size,
) => Promise<Buffer | null>

/** Dots at the most, in either direction. */
export type Size = { width: number; height: number }

const usual: Size = { width: limits.previewWidth, height: limits.previewHeight }

// Beside this file, and beside the bundle.
const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url))

/**
 * Previews, each made by a process of its own with bounds on time and memory: a picture that breaks a
 * decoder, or unpacks to gigabytes, costs its own preview. Two at once; so many wait, and over that
 * pictures go without.
 * @param onTrouble is told why one could not be made, but of no picture.
 */
export function createPreviews(onTrouble: (why: string) => void = () => {}): Previews {
  let running = 0
  const waiting: (() => void)[] = []
  return async (bytes, size = usual) => {
    if (waiting.length >= limits.previewsWaiting || !existsSync(worker)) return null
    if (running >= limits.previewsAtOnce) await new Promise<void>((next) => waiting.push(next))
    else running++
    try {
      return await make(bytes(), size)
    } catch (error) {
      onTrouble(error instanceof Error ? error.message : String(error))
      return null
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}

async function make(
  bytes: AsyncIterable<Uint8Array>,
  { width, height }: Size,
): Promise<Buffer | null> {
  const bounds = [width, height, limits.imagePixels, limits.previewMemoryBytes].map(String)
  const child = spawn(process.execPath, ['--max-old-space-size=64', worker, ...bounds], {
    // Nothing of this process is its business: no password, no secret.
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: limits.previewMs,
    killSignal: 'SIGKILL',
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [code, preview] = await Promise.all([
    ended,
    gathered(child.stdout),
    // It may have seen enough before all of it is there.
    pipeline(Readable.from(bytes), child.stdin).catch(() => {}),
  ]).finally(() => child.kill('SIGKILL'))
  if (code !== 0) throw new Error(`preview: the process ended with ${code ?? 'a signal'}`)
  return preview.length > 0 ? preview : null
}

async function gathered(stdout: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of stdout) {
    length += piece.length
    if (length > limits.previewBytes) throw new Error('preview: larger than one may be')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
