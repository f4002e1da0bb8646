import { Secret, TOTP } from 'otpauth'
import { expect, test } from 'vitest'
import { goTo, greeting, openApp, signIn, upToDate } from './gestures.ts'
import { createSite, found, hire, PASSWORD, signUp } from './people.ts'
import { eventually, useStage } from './support.ts'

const stage = useStage('second factor')
/** The code of a key as the screen shows it; `steps` of half a minute from now: each is good once. */
const codeOf = (key: string, steps = 0) =>
  new TOTP({ secret: Secret.fromBase32(key.replaceAll(/\s/g, '')) }).generate({ timestamp: Date.now() + steps * 30_000 })

test('a manager whose role demands it sets up a second factor, and enters its code on the next device', async () => {
  const boss = await found(await signUp(stage.world, 'Claire Dumas'), 'Dumas BTP')
  await createSite(boss, 'Les Lilas')
  const manager = await hire(boss, await signUp(stage.world, 'Marc Petit'), 'hr')

  // she works in her days of grace; then the company gives none
  const desk = await stage.desk()
  const page = await openApp(desk, stage.url)
  await signIn(page, manager)
  await upToDate(page)
  await boss.run('set_security', { factor_rules: { hr: 'mandatory' }, factor_grace_days: 0 })
  await page.getByText('Cette entreprise demande le code de votre téléphone.').waitFor()

  // what the device holds stays readable; the server gives nothing more
  await goTo(page, 'Chantiers')
  await page.getByRole('cell', { name: 'Les Lilas' }).waitFor()
  await expect(manager.run('update_member', { id: manager.id, changes: { job: 'RH' } })).rejects.toThrow('PROOF')

  await page.getByRole('link', { name: 'Continuer' }).click()
  await page.getByRole('heading', { level: 1, name: 'Protégez votre compte' }).waitFor()
  const key = (await page.locator('.mono').first().textContent())!
  await page.getByLabel('Code à six chiffres').fill(codeOf(key, -1))
  await page.getByRole('button', { name: 'Vérifier le code' }).click()
  await page.getByRole('heading', { name: 'Vos codes de secours' }).waitFor()
  const recovery = await page.locator('.recovery-codes li').allTextContents()
  expect(recovery).toHaveLength(10)
  await page.getByRole('button', { name: 'Je les ai gardés' }).click()
  await upToDate(page)

  // another device: the password alone shows nothing of the company
  const phone = await openApp(await stage.phone(), stage.url)
  await phone.getByLabel('Adresse e-mail').fill(manager.email)
  await phone.getByLabel('Mot de passe').fill(PASSWORD)
  await phone.getByRole('button', { name: 'Se connecter' }).click()
  await phone.getByRole('heading', { level: 1, name: 'Vérifions que c’est vous' }).waitFor()
  await phone.getByLabel('Code à six chiffres').fill('000000')
  await phone.getByRole('button', { name: 'Continuer' }).click()
  await phone.getByText('Ce code n’est pas le bon').waitFor()
  await phone.getByLabel('Code à six chiffres').fill(codeOf(key))
  await phone.getByRole('button', { name: 'Continuer' }).click()
  await greeting(phone, manager).waitFor()
  await upToDate(phone)

  // a lost authenticator: a recovery code, and a new one is set up
  const third = await openApp(await stage.phone(), stage.url)
  await third.getByLabel('Adresse e-mail').fill(manager.email)
  await third.getByLabel('Mot de passe').fill(PASSWORD)
  await third.getByRole('button', { name: 'Se connecter' }).click()
  await third.getByRole('button', { name: 'Je n’ai plus ce téléphone' }).click()
  await third.getByLabel('Code de secours').fill(recovery[0]!)
  await third.getByRole('button', { name: 'Utiliser ce code' }).click()
  await third.getByRole('heading', { level: 1, name: 'Protégez votre compte' }).waitFor()
  const fresh = (await third.locator('.mono').first().textContent())!
  await third.getByLabel('Code à six chiffres').fill(codeOf(fresh))
  await third.getByRole('button', { name: 'Vérifier le code' }).click()
  await third.getByRole('button', { name: 'Je les ai gardés' }).click()
  await greeting(third, manager).waitFor()
})

test('somebody without their password signs in by a link that works once', async () => {
  const boss = await found(await signUp(stage.world, 'Nadia Roux'), 'Roux')
  const page = await openApp(await stage.phone(), stage.url)
  await page.getByLabel('Adresse e-mail').fill(boss.email)
  await page.getByRole('link', { name: 'Recevoir un lien de connexion' }).click()
  expect(await page.getByLabel('Adresse e-mail').inputValue()).toBe(boss.email)
  await page.getByRole('button', { name: 'Envoyer le lien' }).click()
  await page.getByRole('heading', { name: 'Regardez votre messagerie' }).waitFor()
  const link = /https?:\/\/\S+/.exec((await stage.world.mailbox.next(boss.email)).text)![0]
  await page.goto(link)
  await page.getByRole('button', { name: 'Continuer' }).click()
  await greeting(page, boss).waitFor()

  const again = await openApp(await stage.phone(), link)
  await again.getByRole('button', { name: 'Continuer' }).click()
  await again.getByText('Ce lien a déjà servi ou n’est plus valable.').waitFor()
})

test('a forgotten password is chosen anew from a mail', async () => {
  const boss = await found(await signUp(stage.world, 'Ines Faure'), 'Faure')
  const page = await openApp(await stage.phone(), `${stage.url}/forgotten`)
  await page.getByLabel('Adresse e-mail').fill(boss.email)
  await page.getByRole('button', { name: 'Envoyer le lien' }).click()
  const mail = await stage.world.mailbox.next(boss.email, { subject: /nouveau mot de passe/ })
  await page.goto(/https?:\/\/\S+/.exec(mail.text)![0])
  await page.getByRole('button', { name: 'Continuer' }).click()
  await page.getByLabel('Nouveau mot de passe').fill('motdepasse')
  await page.getByRole('button', { name: 'Changer le mot de passe' }).click()
  await page.getByText('l’un des premiers que l’on essaie').waitFor()
  await page.getByLabel('Nouveau mot de passe').fill(PASSWORD)
  await page.getByRole('button', { name: 'Changer le mot de passe' }).click()
  await page.getByText('déjà utilisé ce mot de passe').waitFor()
  await page.getByLabel('Nouveau mot de passe').fill('encore une bonne phrase')
  await page.getByRole('button', { name: 'Changer le mot de passe' }).click()
  await greeting(page, boss).waitFor()
  await eventually(async () => {
    const { error } = await stage.world.client().auth.signInWithPassword({ email: boss.email, password: 'encore une bonne phrase' })
    expect(error).toBeNull()
  })
})
