import { readConfig } from '../config.ts'
import { connectionConfig } from '../drivers/database.ts'
import { migrate } from '../migrate.ts'
import { openLocalDatabase } from './database.ts'

// `npm run migrate`: the server does the same at its start; this is for doing it beforehand.
const database = await openLocalDatabase(process.env, (line) => console.log(line))
try {
  const config = readConfig(database.env)
  const applied = await migrate(connectionConfig(config.database), config.sqlDir, () =>
    console.log('Others hold a table just now, as pg_dump does. Trying again.'),
  )
  console.log(applied.length ? `Applied ${applied.join(', ')}.` : 'The schema is up to date.')
} finally {
  await database.stop()
}
