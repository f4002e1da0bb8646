// Where the browser enforces Trusted Types, no text becomes markup, code or the address of code but through here. Runs before all else.

interface Rules {
  createHTML: (markup: string) => string | null
  createScriptURL: (address: string) => string | null
}

/** What would run: the markup of our templates has none of it. */
const RUNS = /<script|\son\w+\s*=|javascript:/i

const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: Rules): unknown } }

trustedTypes?.createPolicy('default', {
  createHTML: (markup) => (RUNS.test(markup) ? null : markup),
  createScriptURL: (address) => (new URL(address, location.href).origin === location.origin ? address : null),
})
