import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { expect, test } from 'vitest'
import { createSender } from '../../edge-functions/_shared/mail/send.ts'

const letter = { subject: 'Un lien', text: 'secret', html: '<p>secret</p>' }

/** A mail server with a certificate that nobody vouches for. Answers its port, what it was told, and the way to close it. */
async function startImpostor() {
  const heard: string[] = []
  const server = new SMTPServer({
    secure: true,
    authOptional: true,
    onAuth: ({ username }, _session, done) => (heard.push(`account ${username}`), done(null, { user: username })),
    onData: (stream, _session, done) => void stream.on('data', () => heard.push('mail')).on('end', () => done()),
  })
  server.on('error', () => undefined)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.server.address() as AddressInfo
  return { port, heard, close: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

test('a mail server whose certificate nobody vouches for is told neither password nor mail', async () => {
  const impostor = await startImpostor()
  const sender = createSender({ smtpUrl: `smtps://aplomb:secret@localhost:${impostor.port}`, from: 'Aplomb <no-reply@aplomb.test>' })
  await expect(sender.send('anne@batir.test', letter)).rejects.toThrow(/certificate|self.signed/i)
  expect(impostor.heard).toEqual([])
  sender.close()

  // who does not look is heard: the server would have listened
  const blind = createTransport({
    host: 'localhost',
    port: impostor.port,
    secure: true,
    tls: { rejectUnauthorized: false },
    auth: { user: 'blind', pass: 'secret' },
  })
  await blind.sendMail({ from: 'a@aplomb.test', to: 'anne@batir.test', ...letter })
  expect([...new Set(impostor.heard)]).toEqual(['account blind', 'mail'])
  await impostor.close()
})
