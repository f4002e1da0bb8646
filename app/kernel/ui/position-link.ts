/** Whether this is an iPhone or an iPad, also one that says it is a Mac: they have no program for `geo:`. */
const isApple = (agent: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>) =>
  /iPhone|iPad|iPod/.test(agent.userAgent) || (/Macintosh/.test(agent.userAgent) && agent.maxTouchPoints > 1)

/** The address that opens a position, in degrees, in the maps of this device. The device does it: nothing is asked over the network by the app. */
export function mapLink(latitude: number, longitude: number, agent: Pick<Navigator, 'userAgent' | 'maxTouchPoints'> = navigator): string {
  const place = `${latitude},${longitude}`
  return isApple(agent) ? `maps:?ll=${place}&q=${place}` : `geo:${place}?q=${place}`
}
