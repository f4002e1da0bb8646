// What a new password must be: one answer for the screens and for the embedded Auth service.

export const PASSWORD_LEAST = 8
export const PASSWORD_MOST = 128

/** Why a password is refused: too short, too long, among the first that anybody tries, too regular, or made of the person's own data. */
export type Weakness = 'weak_length' | 'weak_long' | 'weak_common' | 'weak_simple' | 'weak_personal'

/** What people choose first, without digits and signs at the ends. */
const COMMON = new Set(
  (
    'password passw passwort motdepasse azerty azertyuiop qwerty qwertyuiop qwertz letmein welcome bienvenue bonjour bonjourbonjour iloveyou jetaime ' +
    'monkey dragon master football soleil doudou loulou marseille chouchou nicolas camille chocolat sunshine princess superman batman trustno ' +
    'admin administrator administrateur changeme changer secret test testtest user utilisateur chantier aplomb company entreprise ' +
    'contrasena contraseña senha palavrapasse abcdefgh abcd abc qsdfghjk wxcvbn asdfgh asdfghjkl zxcvbnm pass login default summer winter printemps'
  ).split(' '),
)
const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890123456789', 'azertyuiopqsdfghjklmwxcvbn', 'qwertyuiopasdfghjklzxcvbnm']

const reversed = (text: string) => [...text].reverse().join('')

/**
 * The first reason to refuse a password, or null.
 * @param about texts that say who the person is: address, name
 */
export function weaknessOf(password: string, about: (string | undefined)[] = []): Weakness | null {
  const length = [...password].length
  if (length < PASSWORD_LEAST) return 'weak_length'
  if (length > PASSWORD_MOST) return 'weak_long'
  const low = password.toLowerCase()
  const letters = low
    .replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
    .replaceAll('@', 'a')
    .replaceAll('0', 'o')
    .replaceAll('$', 's')
  if (COMMON.has(letters)) return 'weak_common'
  if (new Set(low).size < 5 || ROWS.some((row) => row.includes(low) || reversed(row).includes(low))) return 'weak_simple'
  const own = about.flatMap((text) => (text ?? '').toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= 4)
  if (own.some((word) => low.includes(word) && low.length - word.length < 5)) return 'weak_personal'
  return null
}
