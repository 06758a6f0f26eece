import { readConfig } from '../config.ts'
import { connectionConfig } from '../drivers/database.ts'
import { migrate } from '../migrate.ts'
import { printOwnerLink } from '../operator.ts'
import { openLocalDatabase } from './database.ts'

// `npm run owner-link`: whether the server runs or not.
const database = await openLocalDatabase(process.env, (line) => console.log(line))
try {
  const config = readConfig(database.env)
  await migrate(connectionConfig(config.database), config.sqlDir)
  await printOwnerLink(config)
} finally {
  await database.stop()
}
