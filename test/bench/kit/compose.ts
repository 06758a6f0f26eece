/** What the container engine says of a compose project. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type Container = { name: string; service: string; id: string; pid: number }

/**
 * What a `docker` command prints.
 * @throws {Error} when it fails; the message is what it said
 */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { maxBuffer: 16 * 2 ** 20 })
  return stdout.trim()
}

/** The project whose container publishes a port of this machine; undefined where none does. */
export async function projectAt(port: number): Promise<string | undefined> {
  const label = '{{.Label "com.docker.compose.project"}}'
  const found = await docker('ps', '--filter', `publish=${port}`, '--format', label).catch(() => '')
  return found.split('\n')[0] || undefined
}

/** The running containers of a project, by service; those of a scaled service are numbered. */
export async function containers(project: string): Promise<Container[]> {
  const ids = await docker('ps', '-q', '--filter', `label=com.docker.compose.project=${project}`)
  if (ids === '') return []
  const label = (name: string) => `{{index .Config.Labels "com.docker.compose.${name}"}}`
  const format = `${label('service')} ${label('container-number')} {{.Id}} {{.State.Pid}}`
  const lines = (await docker('inspect', '--format', format, ...ids.split('\n'))).split('\n').sort()
  const rows = lines.map((line) => line.split(' ') as [string, string, string, string])
  return rows.map(([service, number, id, pid]) => {
    const isScaled = rows.filter((row) => row[0] === service).length > 1
    return { name: isScaled ? `${service} ${number}` : service, service, id, pid: Number(pid) }
  })
}
