import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { AUTH_LETTERS, authLetter } from '../../edge-functions/_shared/mail/auth-letters.ts'
import { layOut, mailLocale } from '../../edge-functions/_shared/mail/letter.ts'
import { createSender } from '../../edge-functions/_shared/mail/send.ts'
import { startMailbox } from '../../supabase/local/mailbox/index.ts'
import { readSettings } from '../../supabase/local/settings.ts'

const dir = mkdtempSync(join(tmpdir(), 'aplomb-mail-'))
afterAll(() => rmSync(dir, { recursive: true }))

describe('settings', () => {
  test('name a mail server and its sender', () => {
    expect(
      readSettings({
        SMTP_URL: 'smtps://u:p@mail.example.com',
        MAIL_FROM: 'A <a@example.com>',
        CONFIRM_EMAIL: 'off',
      }),
    ).toEqual({
      mail: { smtpUrl: 'smtps://u:p@mail.example.com', from: 'A <a@example.com>' },
      confirmEmail: false,
    })
    expect(readSettings({})).toEqual({})
  })

  test.each([
    [{ SMTP_URL: 'mail.example.com' }, /SMTP_URL must look like/],
    [{ SMTP_URL: 'smtp://mail.example.com' }, /MAIL_FROM must name the sender/],
    [{ CONFIRM_EMAIL: 'perhaps' }, /CONFIRM_EMAIL is on or off/],
  ])('%o is refused with a sentence', (env, sentence) => expect(() => readSettings(env)).toThrow(sentence))
})

describe('mails', () => {
  test('go out by SMTP as text and HTML, in every kind and language, and outlive a restart of the catcher', async () => {
    const box = await startMailbox({ dir })
    const sender = createSender({ smtpUrl: box.url, from: 'Aplomb <no-reply@aplomb.test>' })
    for (const locale of ['fr', 'en', 'es', 'pt'] as const) {
      for (const kind of AUTH_LETTERS) {
        const letter = authLetter(kind, locale, {
          url: 'https://a.example.com/verify#x',
          code: '123',
          email: 'new@example.com',
          device: 'Firefox',
          when: 'now',
        })
        await sender.send(`${kind}@${locale}.test`, layOut(letter))
        const mail = await box.next(`${kind}@${locale}.test`)
        expect(mail.subject).toBe(letter.subject)
        for (const part of letter.body)
          expect([mail.text.replaceAll(/\s+/g, ' '), mail.html]).toEqual([expect.stringContaining(part), expect.any(String)])
        expect(mail.html).toContain(`<html lang="${locale}">`)
      }
    }
    sender.close()
    const kept = box.list().length
    await box.close()
    const again = await startMailbox({ dir })
    expect(again.list()).toHaveLength(kept)
    expect(again.list()[0]!.to).toEqual(['password_changed@pt.test'])
    await again.close()
  })

  test('escape what people wrote and link to nothing but pages', () => {
    const { html, text } = layOut({
      locale: 'en',
      subject: '<b>',
      body: ['<script>alert(1)</script>'],
      action: { label: 'Go', url: 'javascript:alert(1)' },
    })
    expect(html).not.toMatch(/<script|javascript:|<b>/)
    expect(text).not.toContain('javascript:')
  })

  test('speak the first known language', () => {
    expect([mailLocale('de-DE,en;q=0.8'), mailLocale(undefined, 'pt-BR'), mailLocale('xx')]).toEqual(['en', 'pt', 'fr'])
  })
})
