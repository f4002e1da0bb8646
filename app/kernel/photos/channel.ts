// What tabs and service worker tell each other about the photos of this device.
const NAME = 'aplomb-photos'

let sender: BroadcastChannel | null = null

/** Tells every tab, this one too, that photos of `owner` changed. */
export function tellPhotos(owner: string): void {
  sender ??= new BroadcastChannel(NAME)
  sender.postMessage(owner)
}

/** Calls back when photos changed. Answers the way to stop. */
export function onPhotos(listener: (owner: string) => void): () => void {
  const channel = new BroadcastChannel(NAME)
  channel.onmessage = ({ data }: MessageEvent<string>) => listener(data)
  return () => channel.close()
}
