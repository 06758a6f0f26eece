/** nchan, a module of nginx that holds requests in C: where a machine has it. */
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../../handlers/local/server.ts'
import { startCommand } from '../kit/program.ts'
import type { Contestant, LeftOut, Serving } from './contestant.ts'
import { type Sample, textFor } from './servers/sample.ts'

const nginx = process.env.NCHAN_NGINX ?? '/usr/sbin/nginx'
const module = process.env.NCHAN_MODULE ?? '/usr/lib/nginx/modules/ngx_nchan_module.so'

const start_ms_max = 5_000

/** Both of nchan's ways, or why there are none. `NCHAN_NGINX` and `NCHAN_MODULE` say where it is. */
export async function nchan(
  sample: Sample,
  cookies: string[],
): Promise<{ contestants: Contestant[] } | LeftOut> {
  for (const file of [nginx, module]) {
    const there = await access(file).then(
      () => true,
      () => false,
    )
    if (!there) return { name: 'nchan', why: `no ${file} here (Debian: libnginx-mod-nchan)` }
  }
  const one = (kind: Contestant['kind']): Contestant => ({
    name: `nchan, ${kind === 'poll' ? 'long poll' : 'event stream'}`,
    kind,
    way: `nchan ${kind}`,
    isWanted: false,
    start: () => start(sample, cookies, kind),
  })
  return { contestants: [one('poll'), one('stream')] }
}

async function start(
  sample: Sample,
  cookies: string[],
  kind: Contestant['kind'],
): Promise<Serving> {
  const folder = await mkdtemp(join(tmpdir(), 'natter-nchan-'))
  const port = await freePort()
  await writeFile(join(folder, 'nginx.conf'), configuration(folder, port))
  const program = startCommand(nginx, ['-p', folder, '-c', 'nginx.conf', '-g', 'daemon off;'])
  const stop = async () => {
    await program.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const baseUrl = `http://127.0.0.1:${port}`
  await answering(baseUrl, program.said).catch(async (error) => {
    await stop()
    throw error
  })
  return {
    baseUrl,
    cookies,
    now: async () => ({ cursor: '-', path: kind === 'poll' ? '/wait' : '/stream' }),
    async publish(number) {
      const body = textFor(sample, sample.poll.body, number)
      const response = await fetch(`${baseUrl}/publish`, { method: 'POST', body })
      if (!response.ok) throw new Error(`nchan took no number: ${response.status}`)
    },
    pids: [program.pid, ...(await childrenOf(program.pid))],
    collects: false,
    stop,
  }
}

const configuration = (folder: string, port: number) => `
load_module ${module};
user root;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${folder}/pid;
error_log stderr error;
events { worker_connections 15000; }
http {
  access_log off;
  keepalive_timeout 75s;
  keepalive_requests 1000000;
  nchan_shared_memory_size 128M;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /publish { nchan_publisher; nchan_channel_id room; nchan_message_timeout 60s; }
    location = /wait { nchan_subscriber longpoll; nchan_channel_id room; nchan_subscriber_first_message newest; }
    location = /stream { nchan_subscriber eventsource; nchan_channel_id room; nchan_subscriber_first_message newest; }
    location = /ready { return 204; }
  }
}
`

async function answering(baseUrl: string, said: () => string): Promise<void> {
  const end_ms = performance.now() + start_ms_max
  for (;;) {
    const response = await fetch(`${baseUrl}/ready`).catch(() => undefined)
    if (response?.ok) return
    if (performance.now() > end_ms) throw new Error(`nginx does not answer. It said:\n${said()}`)
    await sleep(50)
  }
}

const childrenOf = async (pid: number): Promise<number[]> =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number)
