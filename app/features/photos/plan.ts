import { MapLibreMap, ScaleControl, setWorkerUrl, type GeoJSONSource, type StyleSpecification } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { around, cellMetres, gridLines, pixelsAtZero, type Frame, type Place } from './ground.ts'

setWorkerUrl(workerUrl)

/** A point of the map: a photo, by its number among those put there. */
export interface Point {
  place: Place
  /** How far it may be off, metres; null when nobody knows. */
  accuracy: number | null
}

/** One sign on the map: a photo, or several that are too near each other to be told apart. */
export interface Mark {
  key: string
  place: Place
  count: number
  /** The number of its first photo. */
  first: number
  /** What maplibre calls the group; null for a photo alone. */
  group: number | null
}

/** Colours of the ground. */
export interface Paper {
  ground: string
  line: string
  accent: string
}

export interface PlanOptions {
  label: string
  units: { metres: string; kilometres: string }
  /** Said to a single finger, which scrolls the page. */
  twoFingers: string
  paper: Paper
  /** Somebody moves the map by hand. */
  onHand: () => void
  /** Something moved: places have other pixels. */
  onMove: () => void
  /** The view rests: what is seen, and the side of a square in metres. */
  onRest: (frame: Frame, cell: number) => void
  onMarks: (marks: Mark[]) => void
}

/** Pixels around what is looked at. */
const PADDING = 56
/** Pixels within which photos are one sign: a finger's width. */
const NEAR = 56
/** Nobody needs to come nearer: a screen of some metres. */
const MAX_ZOOM = 21
/** One photo alone is shown from here, with what stands around it. */
const ALONE_ZOOM = 17
const NOTHING = { type: 'FeatureCollection' as const, features: [] }

/** The ground without a network: paper with a metric grid, circles of accuracy, a dot per photo. */
const style = ({ ground, line, accent }: Paper): StyleSpecification => ({
  version: 8,
  sources: {
    grid: { type: 'geojson', data: NOTHING },
    photos: {
      type: 'geojson',
      data: NOTHING,
      maxzoom: MAX_ZOOM + 2,
      cluster: true,
      clusterRadius: NEAR,
      clusterMaxZoom: MAX_ZOOM + 1, // photos of one place are never apart
      clusterProperties: { first: ['min', ['get', 'number']] },
    },
  },
  layers: [
    { id: 'ground', type: 'background', paint: { 'background-color': ground } },
    { id: 'grid', type: 'line', source: 'grid', paint: { 'line-color': line, 'line-width': 1 } },
    {
      id: 'accuracy',
      type: 'circle',
      source: 'photos',
      filter: ['has', 'radius'],
      paint: {
        'circle-color': accent,
        'circle-opacity': 0.09,
        'circle-stroke-color': accent,
        'circle-stroke-width': 1,
        'circle-stroke-opacity': 0.45,
        // Metres: doubled by each zoom.
        'circle-radius': ['interpolate', ['exponential', 2], ['zoom'], 0, ['get', 'radius'], 24, ['*', ['get', 'radius'], 2 ** 24]],
      },
    },
    { id: 'photos', type: 'circle', source: 'photos', paint: { 'circle-color': accent, 'circle-radius': 3 } },
  ],
})

export type Plan = ReturnType<typeof openPlan>

/**
 * Draws a map into an element. Asks no network: its ground is a grid. Throws when the device cannot draw (WebGL is missing).
 * @param element empty, with a size
 */
export function openPlan(element: HTMLElement, options: PlanOptions) {
  const map = new MapLibreMap({
    container: element,
    style: style(options.paper),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    rollEnabled: false,
    renderWorldCopies: false,
    maxZoom: MAX_ZOOM,
    center: [2.5, 46.6],
    zoom: 4,
    cooperativeGestures: matchMedia('(pointer: coarse)').matches,
    locale: {
      'Map.Title': options.label,
      'ScaleControl.Meters': options.units.metres,
      'ScaleControl.Kilometers': options.units.kilometres,
      'CooperativeGesturesHandler.MobileHelpText': options.twoFingers,
    },
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  map.addControl(new ScaleControl({ maxWidth: 110, unit: 'metric' }), 'bottom-left')

  let points: Point[] = []
  /** Where the grid is true. */
  let middle = 46.6
  let ready = false
  let worn = options.paper
  const source = (name: string) => map.getSource<GeoJSONSource>(name)!
  const frameNow = (): Frame => {
    const bounds = map.getBounds()
    return { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() }
  }
  function putPoints(): void {
    const features = points.map(({ place, accuracy }, number) => ({
      type: 'Feature' as const,
      geometry: { type: 'Point' as const, coordinates: place },
      properties: { number, ...(accuracy === null ? {} : { radius: pixelsAtZero(accuracy, place[1]) }) },
    }))
    void source('photos').setData({ type: 'FeatureCollection', features })
  }
  function rest(): void {
    const frame = frameNow()
    const side = cellMetres(map.getZoom(), middle)
    const [tall, wide] = [frame.north - frame.south, frame.east - frame.west]
    const wider = { west: frame.west - wide, east: frame.east + wide, south: frame.south - tall, north: frame.north + tall }
    void source('grid').setData({
      type: 'Feature',
      properties: {},
      geometry: { type: 'MultiLineString', coordinates: gridLines(wider, side, middle) },
    })
    options.onRest(frame, side)
  }
  /** Tiles reach beyond the view: only what touches it is told. The same group stands in each tile it touches; its first number tells it from others. */
  function tellMarks(): void {
    const { clientWidth: wide, clientHeight: tall } = element
    const inView = (place: Place) => {
      const { x, y } = map.project(place)
      return x > -NEAR / 2 && y > -NEAR / 2 && x < wide + NEAR / 2 && y < tall + NEAR / 2
    }
    const found = new Map<string, Mark>()
    for (const { properties, geometry } of map.querySourceFeatures('photos')) {
      const group = (properties['cluster_id'] as number | undefined) ?? null
      const first = (group === null ? properties['number'] : properties['first']) as number
      const count = group === null ? 1 : (properties['point_count'] as number)
      const place = count === 1 ? points[first]?.place : (geometry as { coordinates: Place }).coordinates
      const key = `${first}:${count}`
      if (place && inView(place)) found.set(key, { key, place, count, first, group })
    }
    options.onMarks([...found.values()].sort((a, b) => b.place[1] - a.place[1] || a.place[0] - b.place[0]))
  }
  function whole(animate = true): void {
    const frame = around(points.map(({ place }) => place))
    if (!frame) return
    middle = (frame.south + frame.north) / 2
    map.fitBounds([frame.west, frame.south, frame.east, frame.north], { padding: PADDING, maxZoom: ALONE_ZOOM, animate })
  }
  function wear(paper: Paper): void {
    worn = paper
    if (!ready) return
    map.setPaintProperty('ground', 'background-color', paper.ground)
    map.setPaintProperty('grid', 'line-color', paper.line)
    for (const layer of ['accuracy', 'photos']) map.setPaintProperty(layer, 'circle-color', paper.accent)
    map.setPaintProperty('accuracy', 'circle-stroke-color', paper.accent)
  }
  map.on('load', () => {
    ready = true
    wear(worn)
    putPoints()
    rest()
  })
  map.on('movestart', (event) => event.originalEvent && options.onHand())
  map.on('move', options.onMove)
  map.on('moveend', () => ready && rest())
  map.on('idle', tellMarks)
  return {
    /** The layer that moves with the pointer: what is put there does not stand in its way. */
    layer: map.getCanvasContainer(),
    /** Shows other points; `fit`: all of them, wherever the map was. */
    put(next: Point[], fit: boolean): void {
      points = next
      options.onMarks([]) // theirs were numbers of other photos
      if (fit) whole(false)
      if (ready) putPoints()
    },
    /** Puts on other colours; before the first drawing, they are kept for it. */
    wear,
    /** Pixels of a place from the top left corner. */
    pixels: (place: Place) => map.project(place),
    closer(): void {
      options.onHand()
      map.zoomIn()
    },
    farther(): void {
      options.onHand()
      map.zoomOut()
    },
    whole,
    /** Comes as near as a group's photos are told apart; answers their numbers when they never are. Null too when the group is gone meanwhile. */
    async enter(mark: Mark): Promise<number[] | null> {
      const asked = points
      try {
        const zoom = await source('photos').getClusterExpansionZoom(mark.group!)
        if (zoom <= MAX_ZOOM) {
          options.onHand()
          map.easeTo({ center: mark.place, zoom })
          return null
        }
        const leaves = await source('photos').getClusterLeaves(mark.group!, mark.count, 0)
        return points === asked ? leaves.map(({ properties }) => properties!['number'] as number).sort((a, b) => a - b) : null
      } catch {
        return null // other points have come: its sign goes with them
      }
    },
    close: () => map.remove(),
  }
}
