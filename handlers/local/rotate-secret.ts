import { readConfig } from '../config.ts'
import { connectionConfig } from '../drivers/database.ts'
import { migrate } from '../migrate.ts'
import { giveAnotherSecret } from '../operator.ts'
import { openLocalDatabase } from './database.ts'

// `npm run rotate-secret`: whether the server runs or not.
const database = await openLocalDatabase(process.env, (line) => console.log(line))
try {
  const config = readConfig(database.env)
  await migrate(connectionConfig(config.database), config.sqlDir)
  await giveAnotherSecret(config)
} finally {
  await database.stop()
}
