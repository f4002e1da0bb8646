import { generate, writeFiles } from '../generate.ts'
import { withDeployedDatabase } from './database.ts'

/** `npm run generate`: writes app/kernel/generated/ from the SQL of this checkout. */

const root = process.cwd()
const files = await withDeployedDatabase((databaseUrl) => generate(databaseUrl, root))
const written = writeFiles(files, root)
console.log(written.length > 0 ? `Written: ${written.join(', ')}` : 'Generated files are up to date.')
