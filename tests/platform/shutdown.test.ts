import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

/** A process whose parts close as told, once it is ready. */
async function running(patience: number, ...parts: string[]): Promise<ChildProcess> {
  const code = `import { createShutdown } from ${JSON.stringify(new URL('../../supabase/local/shutdown.ts', import.meta.url).href)}
    const shutdown = createShutdown(${patience})
    ${parts.map((part) => `shutdown.add(${part})`).join('\n')}
    setInterval(() => undefined, 1000)
    console.log('ready')`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'pipe'] })
  await once(child.stdout!, 'data')
  return child
}
const NEVER = '() => new Promise(() => undefined)'

test('a part that does not close holds up the others for a limited time', async () => {
  const child = await running(300, `async () => console.log('the last')`, NEVER)
  let said = ''
  child.stdout!.on('data', (data: Buffer) => (said += data.toString()))
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([1, null])
  expect(said).toContain('the last')
})

test('a signal that comes again ends it at once; twice in a moment is Ctrl-C of a terminal, and once', async () => {
  const child = await running(60_000, NEVER)
  child.kill('SIGINT')
  const began = performance.now()
  const again = setInterval(() => child.kill('SIGINT'), 200)
  expect(await once(child, 'exit')).toEqual([1, null])
  clearInterval(again)
  expect(performance.now() - began).toBeGreaterThan(1_500)
})
