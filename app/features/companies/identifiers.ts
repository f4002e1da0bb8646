/** Whether the digits pass the Luhn check. */
export function luhn(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place])
    const double = place % 2 === 1 ? digit * 2 : digit
    sum += double > 9 ? double - 9 : double
  }
  return digits.length > 0 && /^\d+$/.test(digits) && sum % 10 === 0
}

/** The digits of what was typed, without spaces and dots. */
export const digitsOf = (text: string) => text.replace(/[\s.\u00a0-]/g, '')

/** SIREN: nine digits that pass the Luhn check. */
export const isSiren = (digits: string) => /^\d{9}$/.test(digits) && luhn(digits)

/** SIRET: fourteen digits that pass it too, save those of La Poste, whose digits sum to a multiple of five. */
export function isSiret(digits: string): boolean {
  if (!/^\d{14}$/.test(digits)) return false
  if (luhn(digits)) return true
  return digits.startsWith('356000000') && [...digits].reduce((sum, digit) => sum + Number(digit), 0) % 5 === 0
}

/** What a field that takes either number holds: nothing, still being typed, a SIREN, a SIRET, or a number that is neither. */
export function readIdentifier(text: string): { kind: 'empty' | 'typing' | 'siren' | 'siret' | 'wrong'; digits: string } {
  const digits = digitsOf(text)
  if (digits === '') return { kind: 'empty', digits }
  if (/\D/.test(digits) || digits.length > 14) return { kind: 'wrong', digits }
  if (digits.length === 9) return { kind: isSiren(digits) ? 'siren' : 'wrong', digits }
  if (digits.length === 14) return { kind: isSiret(digits) ? 'siret' : 'wrong', digits }
  if (digits.length > 9 && !isSiren(digits.slice(0, 9))) return { kind: 'wrong', digits }
  return { kind: 'typing', digits }
}

/** What keeps a number from being a SIREN or a SIRET, as the key of its sentence; undefined when nothing does. */
export function identifierIssue({ kind, digits }: ReturnType<typeof readIdentifier>) {
  if (/\D/.test(digits)) return 'lettersInIdentifier' as const
  if (digits.length > 14) return 'longIdentifier' as const
  if (kind === 'typing') return 'shortIdentifier' as const
  return kind === 'wrong' ? ('badIdentifier' as const) : undefined
}

/** In groups as people read them: 732 829 320, 732 829 320 00074. */
export const grouped = (digits: string) =>
  digits.replace(/^(\d{3})(\d{1,3})?(\d{1,3})?(\d+)?$/, (_, ...parts: (string | undefined)[]) => parts.slice(0, 4).filter(Boolean).join('\u00a0'))
