/** Whether a text looks like an e-mail address: enough to catch a slip before it is sent. The length comes first, so that no text is slow. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text)
}
