/** What every function does at its door: other origins (the app's is not the API's on hosted projects), refusals, and errors that tell nothing. */

/** A refusal with its status and a code that the app translates. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, x-client-info, apikey, content-type, x-company',
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-max-age': '86400',
}

/** Answers POST requests with what `answer` makes of them; a Refusal becomes its status, any other error 500 and a line in the log. */
export function serve(answer: (request: Request) => Promise<Response>): void {
  Deno.serve(async (request) => {
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: CORS })
    const response = await respond(request, answer)
    for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value)
    return response
  })
}

async function respond(request: Request, answer: (request: Request) => Promise<Response>): Promise<Response> {
  try {
    if (request.method !== 'POST') throw new Refusal(405, 'METHOD', 'This function answers POST alone.')
    return await answer(request)
  } catch (error) {
    if (error instanceof Refusal) return Response.json({ code: error.code, message: error.message }, { status: error.status })
    console.error(error)
    return Response.json({ code: 'FAULT', message: 'The function failed.' }, { status: 500 })
  }
}

/** A setting that the function cannot do without. */
export function setting(name: string): string {
  const value = Deno.env.get(name)
  if (!value) throw new Error(`The setting ${name} is missing.`)
  return value
}
