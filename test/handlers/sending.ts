/** Files as browsers send them. */
import type { Hono } from 'hono'
import { ask, type Form, jsonOf, type MessageJson, type Someone } from './ask.ts'

export type FileJson = {
  id: string
  name: string
  type: string
  size: number
  url: string
  width?: number
  height?: number
  preview_url?: string
}
export type SentJson = MessageJson & { files: FileJson[] }

export type ToSend = { name: string; bytes: Uint8Array | string; type?: string }

/** A form with files in it; each field that is no file stands before them. */
export function formWith(files: ToSend[], fields: Record<string, string> = {}): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  for (const { name, bytes, type } of files) {
    const part = typeof bytes === 'string' ? bytes : new Uint8Array(bytes)
    form.append('file', new Blob([part], { type: type ?? 'application/octet-stream' }), name)
  }
  return form
}

/** Sends files to a room. */
export const send = (
  app: Hono,
  by: Someone | undefined,
  room: string,
  files: ToSend[],
  fields: Record<string, string> = {},
  form: Form = 'json',
): Promise<Response> => ask(app, `/r/${room}/files`, { by, form, raw: formWith(files, fields) })

/** The same where it must be taken. */
export async function sent(
  app: Hono,
  by: Someone,
  room: string,
  files: ToSend[],
  fields: Record<string, string> = {},
): Promise<SentJson> {
  const response = await send(app, by, room, files, fields)
  if (response.status !== 201) throw new Error(`Not sent: ${await response.text()}`)
  return jsonOf<SentJson>(response)
}

/** The bytes of an answer. */
export const bytesOf = async (response: Response | Promise<Response>): Promise<Buffer> =>
  Buffer.from(await (await response).arrayBuffer())
