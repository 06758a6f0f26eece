/** Opens the database of the home named by its argument, says how, and keeps it until `SIGTERM`. */
import { startPostgres } from '../../handlers/local/postgres.ts'

const { env, folder, reused, stop } = await startPostgres({ home: process.argv[2] })
process.once('SIGTERM', () => {
  stop().then(() => process.exit(0))
})
console.log(JSON.stringify({ env, folder, reused }))
