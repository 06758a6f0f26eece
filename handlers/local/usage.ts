/** What `npm start -- --help` prints. */
export const USAGE = `npm start runs Natter with a database of its own.

  PORT           where it listens: http://localhost:PORT (8000)
  HOST           the address it listens on (all of this machine's)
  NATTER_DATA    the folder for the data (.data here; for root one under /var/lib/natter)
  DATABASE_URL   a PostgreSQL of your own: postgres://user:password@host:5432/name
  PGHOST         the same in parts, with PGPORT, PGUSER, PGPASSWORD, PGDATABASE

With DATABASE_URL or PGHOST set no database is started. The README has all settings.`
