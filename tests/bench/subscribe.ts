import WebSocket from 'ws'
import type { GatewayProcess } from './gateway-process.ts'

/** A joined private channel; `onPoke` is called with each broadcast as it came. */
export async function subscribe(
  gateway: Pick<GatewayProcess, 'url' | 'publishableKey'>,
  topic: string,
  token: string,
  onPoke: (data: Buffer) => void,
): Promise<WebSocket> {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/realtime/v1/websocket?apikey=${gateway.publishableKey}&vsn=2.0.0`, {
    perMessageDeflate: false,
  })
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('open', () =>
      socket.send(JSON.stringify(['1', '1', `realtime:${topic}`, 'phx_join', { config: { private: true }, access_token: token }])),
    )
    socket.on('message', (data, binary) => {
      if (binary) return onPoke(data as Buffer)
      const [, , , event, payload] = JSON.parse(String(data)) as [unknown, unknown, unknown, string, { status: string }]
      if (event !== 'phx_reply') return
      if (payload.status === 'ok') resolve()
      else reject(new Error(`the channel was refused: ${String(data)}`))
    })
  })
  return socket
}
