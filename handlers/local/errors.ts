/** Something that keeps the embedded database from starting; the message says what to do. */
export class StartError extends Error {}

/** Whether `error` carries one of these codes (Node's such as `ENOENT`, or an SQLSTATE). */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
