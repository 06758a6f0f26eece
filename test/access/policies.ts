/**
 * The access matrix where the server's owner lets in others than everybody: the rows of rooms, and
 * of coming in. As in `table.ts`, `+` is an answer below 400.
 */
import { asIs, file, type Row, row, sending, unique } from './table.ts'

const password = 'a few plain words'
const said: Row['body'] = () => ({ body: 'said' })
const account: Row['body'] = (world, room, role) => ({ ...unique(world, room, role), password })
const somebody: Row['body'] = () => ({ name: 'somebody new' })

type Tables = { closed: readonly Row[]; open: readonly Row[] }

/** Guests come by a link alone, and see the rooms that they were let into. */
// biome-ignore format: a table is read by its columns
export const invited: Tables = {
  closed: [
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
    row('GET /r/:room                        | 401 404 +   404 +   +   +   +   404 404 401 +   +'),
    row('GET /r/:room/messages               | 401 404 +   404 +   +   +   +   404 404 401 +   +'),
    row('GET /files/:id/:name                | 401 404 +   404 +   +   +   +   404 404 401 +   +', { id: file }),
    row('GET /r/:room/members                | 401 404 +   404 +   +   +   +   404 404 401 +   +'),
    row('POST /r/:room/messages              | 401 404 +   404 +   403 +   +   404 404 401 +   403', { body: said }),
    row('POST /r/:room/files                 | 401 404 +   404 +   403 +   +   404 404 401 +   403', { body: sending }),
    row('GET /                               | +   +   +   +   +   +   +   +   +   +   +   +   +'),
    row('GET /me/events                      | 401 +   +   +   +   +   +   +   +   +   401 +   +'),
    row('POST /rooms                         | 401 +   +   +   +   +   +   +   +   403 401 +   403', { body: unique }),
    row('PATCH /me                           | 401 +   +   +   +   +   +   +   +   403 401 403 403', { body: asIs }),
    row('POST /accounts                      | +   +   +   409 409 +   409 409 409 403 +   403 403', { body: account, changes: 'person' }),
    row('GET /join/:token                    | +   +   +   +   +   +   +   +   +   404 +   +   +'),
    row('POST /join/:token                   | +   +   +   +   +   +   +   +   +   403 +   +   403', { body: somebody, changes: 'coming' }),
  ],
  open: [
    row('GET /r/:room                        | 401 404 +   +   +   +   +   +   +   404 401 +   +'),
    row('GET /r/:room/messages               | 401 404 +   +   +   +   +   +   +   404 401 +   +'),
    row('GET /files/:id/:name                | 401 404 +   +   +   +   +   +   +   404 401 +   +', { id: file }),
    row('GET /r/:room/members                | 401 404 +   +   +   +   +   +   +   404 401 +   +'),
    row('POST /r/:room/messages              | 401 404 +   +   +   403 +   +   +   404 401 +   403', { body: said, changes: 'coming' }),
    row('POST /r/:room/files                 | 401 404 +   +   +   403 +   +   +   404 401 +   403', { body: sending, changes: 'coming' }),
  ],
}

/**
 * Accounts alone. A guest keeps their name and may make an account; one who is in a room already
 * is told so by its link, and sees no more of it than that.
 */
// biome-ignore format: a table is read by its columns
export const members: Tables = {
  closed: [
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
    row('GET /r/:room                        | 401 401 401 404 +   401 +   +   404 401 401 +   +'),
    row('GET /r/:room/messages               | 401 401 401 404 +   401 +   +   404 401 401 +   +'),
    row('GET /files/:id/:name                | 401 401 401 404 +   401 +   +   404 401 401 +   +', { id: file }),
    row('GET /r/:room/members                | 401 401 401 404 +   401 +   +   404 401 401 +   +'),
    row('POST /r/:room/messages              | 401 401 401 404 +   401 +   +   404 401 401 +   403', { body: said }),
    row('POST /r/:room/files                 | 401 401 401 404 +   401 +   +   404 401 401 +   403', { body: sending }),
    row('GET /                               | +   +   +   +   +   +   +   +   +   +   +   +   +'),
    row('GET /me/events                      | 401 401 401 +   +   401 +   +   +   +   401 +   +'),
    row('POST /rooms                         | 401 401 401 +   +   401 +   +   +   403 401 +   403', { body: unique }),
    row('PATCH /me                           | 401 +   +   +   +   +   +   +   +   403 401 403 403', { body: asIs }),
    row('POST /accounts                      | +   +   +   409 409 +   409 409 409 403 +   403 403', { body: account, changes: 'person' }),
    row('GET /join/:token                    | +   +   +   +   +   +   +   +   +   404 +   +   +'),
    row('POST /join/:token                   | 401 403 +   +   +   +   +   +   +   403 401 +   403', { body: somebody, changes: 'coming' }),
  ],
  open: [
    row('GET /r/:room                        | 401 401 401 +   +   401 +   +   +   401 401 +   +'),
    row('GET /r/:room/messages               | 401 401 401 +   +   401 +   +   +   401 401 +   +'),
    row('GET /files/:id/:name                | 401 401 401 +   +   401 +   +   +   401 401 +   +', { id: file }),
    row('GET /r/:room/members                | 401 401 401 +   +   401 +   +   +   401 401 +   +'),
    row('POST /r/:room/messages              | 401 401 401 +   +   401 +   +   +   401 401 +   403', { body: said, changes: 'coming' }),
    row('POST /r/:room/files                 | 401 401 401 +   +   401 +   +   +   401 401 +   403', { body: sending, changes: 'coming' }),
  ],
}
