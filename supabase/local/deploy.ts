import { deploy } from '../deploy.ts'

/** `npm run deploy -- <database url>`: brings a hosted or self-hosted Supabase database to the state of this checkout. */

const [databaseUrl] = process.argv.slice(2)
if (!databaseUrl || !URL.canParse(databaseUrl)) {
  console.error('npm run deploy -- postgres://postgres:password@host:5432/postgres')
  process.exit(1)
}
await deploy(databaseUrl, console.log)
