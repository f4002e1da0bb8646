/** A place by WGS 84 (EPSG:4326): degrees, longitude first as GeoJSON has it. */
export type Place = [longitude: number, latitude: number]

/** What a map shows, in degrees. */
export interface Frame {
  west: number
  south: number
  east: number
  north: number
}

/** Metres of one degree of latitude, and of one of longitude on the equator. */
const DEGREE_M = 111_320
/** Metres of one pixel on the equator at zoom 0, with tiles of 512. */
const PIXEL_M = 78_271.517
/** Mercator ends here. */
const POLE = 85

const cosine = (latitude: number) => Math.cos((Math.min(POLE, Math.abs(latitude)) * Math.PI) / 180)

/** Pixels on a map at zoom 0 of a length in metres at a latitude; each zoom doubles them. */
export const pixelsAtZero = (metres: number, latitude: number): number => metres / (PIXEL_M * cosine(latitude))

/** The side of a square of the grid, in metres: 1, 2 or 5 times a power of ten, never less than `pixels` wide. */
export function cellMetres(zoom: number, latitude: number, pixels = 72): number {
  const least = pixels / (pixelsAtZero(1, latitude) * 2 ** zoom)
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((times) => times * power).find((side) => side >= least)!
}

/**
 * The lines of a metric grid over a frame, as the squares of a plan on paper.
 * @param side of a square, metres
 * @param latitude where the squares are true; the same for all of a map, else the lines move under a finger
 */
export function gridLines(frame: Frame, side: number, latitude: number): Place[][] {
  const [tall, wide] = [side / DEGREE_M, side / (DEGREE_M * cosine(latitude))]
  const [south, north] = [Math.max(-POLE, frame.south), Math.min(POLE, frame.north)]
  const steps = (from: number, to: number, step: number) =>
    Array.from({ length: Math.max(0, Math.floor(to / step) - Math.ceil(from / step) + 1) }, (_, place) => (Math.ceil(from / step) + place) * step)
  return [
    ...steps(frame.west, frame.east, wide).map((longitude): Place[] => [
      [longitude, south],
      [longitude, north],
    ]),
    ...steps(south, north, tall).map((latitude): Place[] => [
      [frame.west, latitude],
      [frame.east, latitude],
    ]),
  ]
}

/** The frame around places, null when there are none. */
export function around(places: Place[]): Frame | null {
  if (!places.length) return null
  const frame = { west: 180, south: 90, east: -180, north: -90 }
  for (const [longitude, latitude] of places) {
    frame.west = Math.min(frame.west, longitude)
    frame.east = Math.max(frame.east, longitude)
    frame.south = Math.min(frame.south, latitude)
    frame.north = Math.max(frame.north, latitude)
  }
  return frame
}

/** Does a frame hold a place? */
export const holds = (frame: Frame, [longitude, latitude]: Place): boolean =>
  longitude >= frame.west && longitude <= frame.east && latitude >= frame.south && latitude <= frame.north
