import { spawn } from 'node:child_process'

/** The user a program runs as, where that is not the one who started this process. */
export type Account = { name: string; uid: number; gid: number }

/** How a program ended: its exit status (`null` if it could not run) and all that it printed. */
export type Ended = { code: number | null; output: string }

/**
 * Runs a program to its end.
 * @param as the user to run it as; only root may name one.
 */
export function run(program: string, args: string[], as?: Account): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn(program, args, {
      // The present folder may be one that the other user cannot enter.
      cwd: '/',
      // A group of its own: Ctrl+C is for this process, which then stops things in their order.
      detached: true,
      env: plainEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...(as && { uid: as.uid, gid: as.gid }),
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', (error) => done({ code: null, output: error.message }))
    child.on('close', (code) => done({ code, output: output.trim() }))
  })
}

/** The environment without what would change PostgreSQL's settings, languages or time zone. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG|TZ$)/.test(name))
  const path = `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`
  const unixPath = process.platform === 'win32' ? {} : { PATH: path }
  return { ...Object.fromEntries(kept), ...unixPath, LC_ALL: 'C', TZ: 'UTC' }
}
