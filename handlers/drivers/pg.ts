import type { Driver } from './driver.ts'

/** node-postgres over TCP: containers and developers' machines. */
export async function pgDriver(): Promise<Driver> {
  const { default: pg } = await import('pg')
  return { Pool: pg.Pool, Client: pg.Client, getTypeParser: pg.types.getTypeParser }
}
