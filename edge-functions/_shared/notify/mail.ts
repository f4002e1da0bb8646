import { Hopeless } from '../hopeless.ts'
import { layOut, type Letter } from '../mail/letter.ts'
import { createSender, readMailSettings, type Sender } from '../mail/send.ts'

let sender: Sender | undefined

/** Mails a letter over the server that SMTP_URL names; its connections stay open. @throws Hopeless when the address is refused for good */
export async function sendByMail(to: string, letter: Letter): Promise<void> {
  sender ??= createSender(settings())
  try {
    await sender.send(to, layOut(letter))
  } catch (error) {
    const { responseCode = 0, command } = error as { responseCode?: number; command?: string }
    if (responseCode >= 500 && command === 'RCPT TO') throw new Hopeless((error as Error).message)
    throw error
  }
}

function settings() {
  const found = readMailSettings({ SMTP_URL: Deno.env.get('SMTP_URL'), MAIL_FROM: Deno.env.get('MAIL_FROM') })
  if (!found) throw new Error('No mail can be sent: SMTP_URL is not set.')
  return found
}
