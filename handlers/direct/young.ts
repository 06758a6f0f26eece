import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { limits } from '../limits.ts'

type Collect = (options: { type: 'minor' }) => void

/**
 * Files pass by in buffers that are done with at once, and V8 lets 32 MiB of them lie about before it
 * looks: a file of 25 MiB would grow the process as if all of it had been held. So the young ones are
 * collected each time that so many bytes have passed, which takes about a millisecond.
 *
 * @returns is told how many bytes have passed.
 */
export function collectYoung(): (bytes: number) => void {
  setFlagsFromString('--expose-gc')
  const collect: Collect = runInNewContext('gc')
  let passed = 0
  return (bytes) => {
    passed += bytes
    if (passed < limits.passedBytes) return
    passed = 0
    collect({ type: 'minor' })
  }
}
