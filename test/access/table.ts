/**
 * The access matrix: what each route answers to each role (`roles.ts`). `+` is an answer below 400.
 *
 * The room is a closed one, in the second table an open one. The requests are well-formed, so that
 * what is answered is who asks: where somebody who may is answered 404, 409 or 422, that is because
 * there is nothing under that address, or no credential in the request.
 */
import type { Role } from './roles.ts'
import { FileForm, type Room, type World } from './world.ts'

type Body = (world: World, room: Room, role: Role) => object

export type Row = {
  /** `METHOD path`, as the application has it. */
  name: string
  /** One for each role. */
  cells: string[]
  body?: Body
  /** What stands for `:id`. */
  id?: (world: World, room: Room) => string
  /** It concerns somebody whom the room keeps out. */
  isKept?: boolean
  /**
   * What may be otherwise after somebody has done it, and is made anew for the next: the session or
   * the account of that person, the room, or the room into which somebody from outside has come.
   */
  changes?: 'person' | 'room' | 'coming'
}

export function row(text: string, more: Omit<Row, 'name' | 'cells'> = {}): Row {
  const [name = '', cells = ''] = text.split('|').map((part) => part.trim())
  return { name, cells: cells.split(/\s+/), ...more }
}

let made = 0
export const unique: Body = () => ({ name: `Matrix ${Date.now().toString(36)} ${++made}` })
const deleting: Body = () => ({ _method: 'DELETE' })
export const asIs: Body = (world, _, role) => ({ name: world.nameOf(role) })
const wrongPassword = () => ({ current: 'wrong wrong wrong', password: 'another few words' })
const report = (_: World, room: Room) => room.report
export const file = (_: World, room: Room) => room.file
export const sending: Body = () => new FileForm('sent.txt', 'sent')
const link = (_: World, room: Room) => room.link
const subject = (world: World) => world.subject
// Somebody else's: that there is such a one makes no difference.
const token = (world: World) => world.foreign.token
const device = (world: World) => world.foreign.device

// biome-ignore format: a table is read by its columns
export const closedRoom: readonly Row[] = [
  //                                      visitor
  //                                      |   guest
  //                                      |   |   by link
  //                                      |   |   |   outside
  //                                      |   |   |   |   inside
  //                                      |   |   |   |   |   reader
  //                                      |   |   |   |   |   |   moderator
  //                                      |   |   |   |   |   |   |   room owner
  //                                      |   |   |   |   |   |   |   |   server owner
  //                                      |   |   |   |   |   |   |   |   |   banned
  //                                      |   |   |   |   |   |   |   |   |   |   ended
  //                                      |   |   |   |   |   |   |   |   |   |   |   token
  //                                      |   |   |   |   |   |   |   |   |   |   |   |   read token
  row('GET /                               | +   +   +   +   +   +   +   +   +   +   +   +   +'),
  row('POST /rooms                         | 401 +   +   +   +   +   +   +   +   403 401 +   403', { body: unique }),
  row('GET /r/:room                        | 404 404 +   404 +   +   +   +   404 404 404 +   +'),
  row('PATCH /r/:room                      | 404 404 403 404 403 403 +   +   404 404 404 403 403', { body: () => ({ topic: 'another' }) }),
  row('POST /r/:room                       | 404 404 403 404 403 403 +   +   404 404 404 403 403', { body: () => ({ _method: 'PATCH', topic: 'another' }) }),
  row('GET /r/:room/settings               | 404 404 +   404 +   +   +   +   404 404 404 +   +'),
  row('GET /r/:room/reports                | 404 404 403 404 403 403 +   +   404 404 404 403 403'),
  row('DELETE /r/:room/reports/:id         | 404 404 403 404 403 403 +   +   404 404 404 403 403', { id: report, changes: 'room' }),
  row('POST /r/:room/reports/:id           | 404 404 403 404 403 403 +   +   404 404 404 403 403', { body: deleting, id: report, changes: 'room' }),
  row('GET /r/:room/members                | 404 404 +   404 +   +   +   +   404 404 404 +   +'),
  row('GET /r/:room/members/:person        | 404 404 +   404 +   +   +   +   404 404 404 +   +'),
  row('PUT /r/:room/members/:person        | 404 404 403 404 403 403 +   +   404 404 404 403 403', { body: () => ({ role: 'member' }), changes: 'room' }),
  row('DELETE /r/:room/members/:person     | 404 404 403 404 403 403 +   +   404 404 404 403 403', { changes: 'room' }),
  row('POST /r/:room/members/:person       | 404 404 403 404 403 403 +   +   404 404 404 403 403', { body: () => ({ _method: 'PUT', role: 'reader' }), changes: 'room' }),
  row('GET /r/:room/bans                   | 404 404 403 404 403 403 +   +   404 404 404 403 403'),
  row('PUT /r/:room/bans/:person           | 404 404 403 404 403 403 +   +   404 404 404 403 403', { changes: 'room' }),
  row('DELETE /r/:room/bans/:person        | 404 404 403 404 403 403 +   +   404 404 404 403 403', { isKept: true, changes: 'room' }),
  row('POST /r/:room/bans/:person          | 404 404 403 404 403 403 +   +   404 404 404 403 403', { body: deleting, isKept: true, changes: 'room' }),
  row('GET /r/:room/links                  | 404 404 403 404 403 403 +   +   404 404 404 403 403'),
  row('POST /r/:room/links                 | 404 404 403 404 403 403 +   +   404 404 404 403 403'),
  row('DELETE /r/:room/links/:id           | 404 404 403 404 403 403 +   +   404 404 404 403 403', { id: link, changes: 'room' }),
  row('POST /r/:room/links/:id             | 404 404 403 404 403 403 +   +   404 404 404 403 403', { body: deleting, id: link, changes: 'room' }),
  row('GET /r/:room/audit                  | 404 404 403 404 403 403 +   +   404 404 404 403 403'),
  row('GET /r/:room/frame                  | 404 404 +   404 +   +   +   +   404 404 404 +   +'),
  row('PUT /r/:room/read                   | 404 404 +   404 +   +   +   +   404 404 404 +   403'),
  row('POST /r/:room/read                  | 404 404 +   404 +   +   +   +   404 404 404 +   403', { body: () => ({ _method: 'PUT', n: '1', unread: 'true' }) }),
  row('PUT /r/:room/typing                 | 404 404 +   404 +   403 +   +   404 404 404 +   403'),
  row('GET /r/:room/messages               | 404 404 +   404 +   +   +   +   404 404 404 +   +'),
  row('POST /r/:room/messages              | 404 404 +   404 +   403 +   +   404 404 404 +   403', { body: () => ({ body: 'said' }) }),
  row('GET /r/:room/messages/:n            | 404 404 +   404 +   +   +   +   404 404 404 +   +'),
  row('DELETE /r/:room/messages/:n         | 404 404 403 404 403 403 +   +   404 404 404 403 403', { changes: 'room' }),
  row('POST /r/:room/messages/:n           | 404 404 403 404 403 403 +   +   404 404 404 403 403', { body: deleting, changes: 'room' }),
  row('PATCH /r/:room/messages/:n          | 404 404 403 404 403 403 403 +   404 404 404 403 403', { body: () => ({ body: 'otherwise' }) }),
  row('GET /r/:room/messages/:n/edits      | 404 404 403 404 403 403 +   +   404 404 404 403 403'),
  row('GET /r/:room/messages/:n/thread     | 404 404 +   404 +   +   +   +   404 404 404 +   +'),
  row('POST /r/:room/messages/:n/reactions | 404 404 +   404 +   403 +   +   404 404 404 +   403', { body: () => ({ emoji: '👍' }) }),
  row('PUT /r/:room/messages/:n/reactions/:emoji     | 404 404 +   404 +   403 +   +   404 404 404 +   403'),
  row('DELETE /r/:room/messages/:n/reactions/:emoji  | 404 404 +   404 +   403 +   +   404 404 404 +   403'),
  row('PUT /r/:room/messages/:n/pin        | 404 404 +   404 +   403 +   +   404 404 404 +   403'),
  row('DELETE /r/:room/messages/:n/pin     | 404 404 +   404 +   403 +   +   404 404 404 +   403'),
  row('POST /r/:room/messages/:n/pin       | 404 404 +   404 +   403 +   +   404 404 404 +   403', { body: deleting }),
  row('PUT /r/:room/messages/:n/saved      | 404 404 +   404 +   +   +   +   404 404 404 +   403'),
  row('DELETE /r/:room/messages/:n/saved   | 404 404 +   404 +   +   +   +   404 404 404 +   403'),
  row('POST /r/:room/messages/:n/saved     | 404 404 +   404 +   +   +   +   404 404 404 +   403', { body: deleting }),
  row('GET /r/:room/pins                   | 404 404 +   404 +   +   +   +   404 404 404 +   +'),
  row('GET /r/:room/days                   | 404 404 +   404 +   +   +   +   404 404 404 +   +'),
  row('GET /saved                          | 401 +   +   +   +   +   +   +   +   +   401 +   +'),
  row('POST /r/:room/messages/:n/reports   | 404 404 +   404 +   +   +   +   404 404 404 +   403'),
  row('POST /r/:room/files                 | 404 404 +   404 +   403 +   +   404 404 404 +   403', { body: sending }),
  row('GET /files/:id/:name                | 404 404 +   404 +   +   +   +   404 404 404 +   +', { id: file }),
  // It has no smaller picture.
  row('GET /previews/:id                   | 404 404 404 404 404 404 404 404 404 404 404 404 404', { id: file }),
  row('GET /search                         | +   +   +   +   +   +   +   +   +   +   +   +   +'),
  row('GET /emoji                          | +   +   +   +   +   +   +   +   +   403 +   +   +'),
  row('POST /emoji                         | 401 403 403 422 422 403 422 422 422 403 401 422 403', { body: sending }),
  row('GET /emoji/:name                    | 404 404 404 404 404 404 404 404 404 403 404 404 404'),
  row('DELETE /emoji/:name                 | 401 403 403 404 404 403 404 404 404 403 401 404 403'),
  row('POST /emoji/:name                   | 401 403 403 404 404 403 404 404 404 403 401 404 403', { body: deleting }),
  row('GET /join/:token                    | +   +   +   +   +   +   +   +   +   404 +   +   +'),
  row('POST /join/:token                   | +   +   +   +   +   +   +   +   +   403 +   +   403', { body: () => ({ name: 'somebody new' }), changes: 'coming' }),
  row('POST /directs                       | 401 +   +   +   +   +   +   +   +   403 401 +   403', { body: (world) => ({ people: world.met }) }),
  row('GET /me                             | +   +   +   +   +   +   +   +   +   +   +   +   +'),
  row('PATCH /me                           | +   +   +   +   +   +   +   +   +   403 +   403 403', { body: asIs }),
  row('POST /me                            | +   +   +   +   +   +   +   +   +   403 +   403 403', { body: (world, room, role) => ({ _method: 'PATCH', ...asIs(world, room, role) }) }),
  row('GET /me/events                      | +   +   +   +   +   +   +   +   +   +   +   +   +'),
  row('POST /accounts                      | +   +   +   409 409 +   409 409 409 403 +   403 403', { body: (world, room, role) => ({ ...unique(world, room, role), password: 'a few plain words' }), changes: 'person' }),
  row('POST /sessions                      | 401 401 401 401 401 401 401 401 401 401 401 403 403', { body: (world, room, role) => ({ ...unique(world, room, role), password: 'wrong wrong wrong' }) }),
  row('DELETE /sessions/current            | +   +   +   +   +   +   +   +   +   +   +   403 403', { changes: 'person' }),
  row('POST /sessions/current              | +   +   +   +   +   +   +   +   +   +   +   403 403', { body: deleting, changes: 'person' }),
  row('POST /challenges/sessions/passkey   | +   +   +   +   +   +   +   +   +   +   +   +   403'),
  row('POST /sessions/passkey              | 422 422 422 422 422 422 422 422 422 422 422 422 403', { body: () => ({ credential: '{}' }) }),
  row('GET /passkeys                       | 401 403 403 +   +   403 +   +   +   403 401 403 403'),
  row('POST /challenges/passkeys           | 401 403 403 +   +   403 +   +   +   403 401 403 403'),
  row('POST /passkeys                      | 401 403 403 422 422 403 422 422 422 403 401 403 403', { body: () => ({ credential: '{}' }) }),
  row('DELETE /passkeys/:id                | 401 403 403 404 404 403 404 404 404 403 401 403 403'),
  row('POST /passkeys/:id                  | 401 403 403 404 404 403 404 404 404 403 401 403 403', { body: deleting }),
  row('GET /devices                        | 401 +   +   +   +   +   +   +   +   403 401 403 403'),
  row('DELETE /devices                     | 401 +   +   +   +   +   +   +   +   403 401 403 403'),
  row('POST /devices                       | 401 +   +   +   +   +   +   +   +   403 401 403 403', { body: deleting }),
  row('DELETE /devices/:id                 | 401 404 404 404 404 404 404 404 404 403 401 403 403', { id: device }),
  row('POST /devices/:id                   | 401 404 404 404 404 404 404 404 404 403 401 403 403', { body: deleting, id: device }),
  row('GET /tokens                         | 401 403 403 +   +   403 +   +   +   403 401 403 403'),
  row('POST /tokens                        | 401 403 403 +   +   403 +   +   +   403 401 403 403', { body: () => ({ name: 'another', scope: 'read' }) }),
  row('DELETE /tokens/:id                  | 401 403 403 404 404 403 404 404 404 403 401 403 403', { id: token }),
  row('POST /tokens/:id                    | 401 403 403 404 404 403 404 404 404 403 401 403 403', { body: deleting, id: token }),
  row('GET /me/password                    | 401 403 403 +   +   403 +   +   +   403 401 403 403'),
  row('PUT /me/password                    | 401 403 403 422 422 403 422 422 422 403 401 403 403', { body: wrongPassword }),
  row('POST /me/password                   | 401 403 403 422 422 403 422 422 422 403 401 403 403', { body: () => ({ _method: 'PUT', ...wrongPassword() }) }),
  row('GET /enter/:token                   | 404 404 404 404 404 404 404 404 404 404 404 403 403'),
  row('POST /enter/:token                  | 404 404 404 404 404 404 404 404 404 404 404 403 403'),
  row('GET /oidc                           | 404 404 404 404 404 404 404 404 404 404 404 404 404'),
  row('GET /oidc/callback                  | 404 404 404 404 404 404 404 404 404 404 404 404 404'),
  row('POST /oidc/link                     | 404 404 404 404 404 404 404 404 404 404 404 403 403'),
  row('GET /login                          | 404 404 404 404 404 404 404 404 404 404 404 404 404'),
  row('GET /people                         | 401 403 403 403 403 403 403 403 +   403 401 403 403'),
  row('POST /people                        | 401 403 403 403 403 403 403 403 +   403 401 403 403', { body: unique }),
  row('PATCH /people/:id                   | 401 403 403 403 403 403 403 403 +   403 401 403 403', { body: () => ({ kind: 'member' }), id: subject }),
  row('POST /people/:id                    | 401 403 403 403 403 403 403 403 +   403 401 403 403', { body: () => ({ _method: 'PATCH', kind: 'member' }), id: subject }),
  row('POST /people/:id/link               | 401 403 403 403 403 403 403 403 +   403 401 403 403', { id: subject }),
  row('PUT /people/:id/ban                 | 401 403 403 403 403 403 403 403 +   403 401 403 403', { id: subject }),
  row('DELETE /people/:id/ban              | 401 403 403 403 403 403 403 403 +   403 401 403 403', { id: subject }),
  row('POST /people/:id/ban                | 401 403 403 403 403 403 403 403 +   403 401 403 403', { body: deleting, id: subject }),
  row('GET /policy                         | 401 403 403 403 403 403 403 403 +   403 401 403 403'),
  row('PATCH /policy                       | 401 403 403 403 403 403 403 403 +   403 401 403 403', { body: () => ({ rooms: 'anyone' }) }),
  row('POST /policy                        | 401 403 403 403 403 403 403 403 +   403 401 403 403', { body: () => ({ _method: 'PATCH', rooms: 'anyone' }) }),
  row('GET /audit                          | 401 403 403 403 403 403 403 403 +   403 401 403 403'),
  row('GET /healthz                        | +   +   +   +   +   +   +   +   +   +   +   +   +'),
  row('GET /readyz                         | +   +   +   +   +   +   +   +   +   +   +   +   +'),
]

/** What is otherwise in an open room. */
// biome-ignore format: a table is read by its columns
export const openRoom: readonly Row[] = [
  row('GET /r/:room                        | +   +   +   +   +   +   +   +   +   404 +   +   +'),
  row('GET /r/:room/messages               | +   +   +   +   +   +   +   +   +   404 +   +   +'),
  row('GET /r/:room/members                | +   +   +   +   +   +   +   +   +   404 +   +   +'),
  row('POST /r/:room/messages              | 401 +   +   +   +   403 +   +   +   404 401 +   403', { body: () => ({ body: 'said' }), changes: 'coming' }),
  row('PUT /r/:room/messages/:n/reactions/:emoji     | 401 +   +   +   +   403 +   +   +   404 401 +   403', { changes: 'coming' }),
  row('PUT /r/:room/messages/:n/pin        | 401 403 +   403 +   403 +   +   +   404 401 +   403', { changes: 'coming' }),
  row('POST /r/:room/files                 | 401 +   +   +   +   403 +   +   +   404 401 +   403', { body: sending, changes: 'coming' }),
  row('GET /files/:id/:name                | +   +   +   +   +   +   +   +   +   404 +   +   +', { id: file }),
  row('PUT /r/:room/typing                 | 401 +   +   +   +   403 +   +   +   404 401 +   403', { changes: 'coming' }),
  row('PUT /r/:room/read                   | 401 +   +   +   +   +   +   +   +   404 401 +   403', { changes: 'coming' }),
  row('PATCH /r/:room                      | 401 403 403 403 403 403 +   +   +   404 401 403 403', { body: () => ({ topic: 'another' }), changes: 'room' }),
  row('PUT /r/:room/members/:person        | 401 403 403 403 403 403 +   +   +   404 401 403 403', { body: () => ({ role: 'member' }), changes: 'room' }),
  row('PUT /r/:room/bans/:person           | 401 403 403 403 403 403 +   +   +   404 401 403 403', { changes: 'room' }),
  row('GET /r/:room/links                  | 401 403 403 403 403 403 +   +   +   404 401 403 403'),
  row('GET /r/:room/reports                | 401 403 403 403 403 403 +   +   +   404 401 403 403'),
  row('GET /r/:room/audit                  | 401 403 403 403 403 403 +   +   +   404 401 403 403'),
  row('DELETE /r/:room/messages/:n         | 401 403 403 403 403 403 +   +   +   404 401 403 403', { changes: 'room' }),
  row('POST /r/:room/messages/:n/reports   | 401 +   +   +   +   +   +   +   +   404 401 +   403', { changes: 'coming' }),
]
