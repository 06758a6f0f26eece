/** Who asks in the access matrix, in the order of its columns. */
export const roles = [
  /** Nobody yet. */
  'visitor',
  /** A name and a colour, and in no closed room. */
  'guest',
  /** A guest who came into the closed room by a link. */
  'by link',
  /** An account, and not in the closed room. */
  'outside',
  /** An account in the closed room. */
  'inside',
  /** A guest who may read in the room. */
  'reader',
  'moderator',
  'room owner',
  /** Of the server; not in the closed room. */
  'server owner',
  /** A guest whom the server's owner has banned. */
  'banned',
  /** A guest who has signed out, with the cookie that they had. */
  'ended',
  /** Of the account inside, to write. */
  'token',
  /** The same, to read. */
  'read token',
] as const

export type Role = (typeof roles)[number]

/** Those who are known, and in no room until they come. */
export const outside: readonly Role[] = ['guest', 'outside', 'server owner']

/** Those who are there only where the server has an owner. */
export const ofOwner: readonly Role[] = ['server owner', 'banned']
