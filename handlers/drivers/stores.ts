import { chunkStore } from '../chat/files/chunks.ts'
import { StoreAway, type Stores } from '../chat/files/store.ts'
import type { Sql } from '../chat/sql.ts'
import type { FilesConfig } from '../config.ts'
import { s3Store } from './s3.ts'

/** Where files are kept: in the database, unless the settings name a store for new ones. */
export function openStores({ s3 }: FilesConfig, sql: Sql): Stores {
  const database = chunkStore(sql)
  const other = s3 && s3Store(s3)
  return {
    current: other ? 's3' : 'database',
    of(name) {
      if (name === 'database') return database
      if (other) return other
      throw new StoreAway('A file is in a store that the settings name no more: S3_ENDPOINT.')
    },
  }
}
