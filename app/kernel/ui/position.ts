import { createSignal, onMount } from 'solid-js'

export interface Position {
  latitude: number
  longitude: number
  accuracy_m: number
}

/** Asks where this device is: when the screen opens, or by `seek`. */
export function createPosition({ atOnce = true } = {}) {
  const [position, setPosition] = createSignal<Position | null>(null)
  const [state, setState] = createSignal<'idle' | 'seeking' | 'found' | 'refused' | 'unknown'>(atOnce ? 'seeking' : 'idle')
  const seek = (found?: (position: Position) => void) => {
    if (!('geolocation' in navigator)) return setState('unknown')
    setState('seeking')
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const here = { latitude: coords.latitude, longitude: coords.longitude, accuracy_m: Math.round(coords.accuracy) }
        setPosition(here)
        setState('found')
        found?.(here)
      },
      (error) => setState(error.code === error.PERMISSION_DENIED ? 'refused' : 'unknown'),
      { enableHighAccuracy: true, maximumAge: 60_000, timeout: 20_000 },
    )
  }
  if (atOnce) onMount(() => seek())
  return { position, state, seek }
}

/** Metres between two positions, as the crow flies. */
export function distance(a: { latitude: number; longitude: number }, b: { latitude: number; longitude: number }): number {
  const radians = Math.PI / 180
  const haversine = (angle: number) => Math.sin(angle / 2) ** 2
  const h =
    haversine((b.latitude - a.latitude) * radians) +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * haversine((b.longitude - a.longitude) * radians)
  return 2 * 6_371_000 * Math.asin(Math.sqrt(h))
}
