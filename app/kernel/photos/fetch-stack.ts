import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client'

/** tus-js-client over fetch: a service worker has no XMLHttpRequest. */
export function makeFetchStack(call: typeof fetch = (input, init) => fetch(input, init)): HttpStack {
  return {
    getName: () => 'FetchHttpStack',
    createRequest: (method, url) => makeRequest(call, method, url),
  }
}

function makeRequest(call: typeof fetch, method: string, url: string): HttpRequest {
  const headers: Record<string, string> = {}
  const stop = new AbortController()
  return {
    getMethod: () => method,
    getURL: () => url,
    setHeader(name, value) {
      headers[name] = value
    },
    getHeader: (name) => headers[name],
    setProgressHandler: () => undefined,
    async send(body: BodyInit | null = null) {
      const response = await call(url, { method, headers, body, signal: stop.signal })
      return responseOf(response, await response.text())
    },
    async abort() {
      stop.abort()
    },
    getUnderlyingObject: () => stop,
  }
}

const responseOf = (response: Response, text: string): HttpResponse => ({
  getStatus: () => response.status,
  getHeader: (name) => response.headers.get(name) ?? undefined,
  getBody: () => text,
  getUnderlyingObject: () => response,
})
