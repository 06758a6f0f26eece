/** How a test at `BASE_URL` gets an owner of the server: by the link that its operator can print. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { project } from '../project.ts'

/** A command of the shell that prints such a link; empty where the run knows none. */
export const ownerLinkCommand = process.env.OWNER_LINK_COMMAND ?? ''

/** What a new link holds. Rejects with what the command printed, when that is no link. */
export async function ownerToken(): Promise<string> {
  const run = promisify(execFile)
  const { stdout, stderr } = await run('/bin/sh', ['-c', ownerLinkCommand], { cwd: project })
  const token = /\/enter\/([\w-]+)/.exec(stdout)?.[1]
  if (!token) throw new Error(`OWNER_LINK_COMMAND printed no link: ${stdout}${stderr}`)
  return token
}
