import { Hopeless } from '../_shared/hopeless.ts'
import { letters, type LetterName } from '../_shared/notify/letters.ts'
import { channels, notify, type ChannelName, type Notice } from '../_shared/notify/notify.ts'
import { Refusal, serve } from '../_shared/serve.ts'
import { requireService } from '../_shared/service.ts'

/** One address and nothing else: no list, no header. */
const ADDRESS = /^[^\s,;<>"@]+@[^\s,;<>"@]+$/

/**
 * Tells somebody something at once, for who holds the secret key: {channel?, to, letter, values}; answers {sent: channel}. The function `jobs`
 * sends the same letters by the same code, and tries again. 400 WRONG, 422 when the address is refused for good.
 */
serve(async (request) => {
  await requireService(request)
  try {
    return Response.json({ sent: await notify(readNotice(await request.json().catch(() => null))) })
  } catch (error) {
    if (error instanceof Hopeless) throw new Refusal(422, 'WRONG', 'WRONG: to')
    throw error
  }
})

function readNotice(body: unknown): Notice {
  const { channel = 'mail', to, letter, values } = (body ?? {}) as Record<string, unknown>
  const require = (good: boolean, field: string) => {
    if (!good) throw new Refusal(400, 'WRONG', `WRONG: ${field}`)
  }
  require(typeof to === 'string' && to.length <= 254 && ADDRESS.test(to), 'to')
  require(typeof channel === 'string' && Object.hasOwn(channels, channel), 'channel')
  require(typeof letter === 'string' && Object.hasOwn(letters, letter), 'letter')
  const notice = { channel: channel as ChannelName, to: to as string, letter: letter as LetterName, values: values as Notice['values'] }
  try {
    letters[notice.letter](notice.values)
  } catch {
    require(false, 'values')
  }
  return notice
}
