import { fanout } from './fanout/fanout.ts'
import { hints } from './fanout/hints.ts'
import { files } from './files/files.ts'
import { hold } from './hold/hold.ts'
import { hostileBench } from './hostile/hostile.ts'
import { idle } from './idle/idle.ts'
import type { Bench } from './kit/bench.ts'
import { open } from './open/open.ts'
import { post } from './post/post.ts'
import { refuse } from './refuse/refuse.ts'
import { search } from './search/search.ts'
import { visible } from './visible/visible.ts'
import { weight } from './weight/weight.ts'

/** All benchmarks, in the order in which they run: what measures rest goes before what disturbs it. */
export const benches: readonly Bench[] = [
  idle,
  weight,
  hostileBench,
  visible,
  fanout,
  hints,
  post,
  open,
  files,
  search,
  refuse,
  hold,
]
