/** Farthest zoom, and how far a finger goes for the next photo, px. */
const MOST = 6
const SWIPE = 60

export interface ZoomPorts {
  onNext: () => void
  onPrevious: () => void
}

/**
 * Zoom and swipe on a picture: two fingers or the wheel zoom, one finger moves what is zoomed, else goes to the next photo.
 * Answers the ways to zoom by hand, to reset, and to stop listening.
 */
export function makeZoom(frame: HTMLElement, ports: ZoomPorts) {
  let scale = 1
  let x = 0
  let y = 0
  const fingers = new Map<number, { x: number; y: number }>()
  let startX = 0
  let pinch = 0
  /** The pictures, and what is drawn over them. */
  const layers = () => frame.querySelectorAll<HTMLElement | SVGSVGElement>('img, .annotations')

  function draw(): void {
    const limit = (length: number) => ((scale - 1) * length) / 2
    x = Math.max(-limit(frame.clientWidth), Math.min(limit(frame.clientWidth), x))
    y = Math.max(-limit(frame.clientHeight), Math.min(limit(frame.clientHeight), y))
    for (const layer of layers()) layer.style.transform = scale === 1 ? '' : `translate(${x}px, ${y}px) scale(${scale})`
    frame.classList.toggle('zoomed', scale > 1)
  }
  function to(next: number): void {
    scale = Math.max(1, Math.min(MOST, next))
    draw()
  }
  const spread = () => {
    const [a, b] = [...fingers.values()]
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0
  }

  const events: Partial<{ [K in keyof HTMLElementEventMap]: (event: HTMLElementEventMap[K]) => void }> = {
    pointerdown(event) {
      frame.setPointerCapture(event.pointerId)
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY })
      startX = event.clientX
      pinch = spread()
    },
    pointermove(event) {
      const before = fingers.get(event.pointerId)
      if (!before) return
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY })
      if (fingers.size === 2 && pinch) {
        to((scale * spread()) / pinch)
        pinch = spread()
      } else if (scale > 1) {
        x += event.clientX - before.x
        y += event.clientY - before.y
        draw()
      }
    },
    pointerup(event) {
      const alone = fingers.size === 1
      fingers.delete(event.pointerId)
      if (!alone || scale > 1) return
      const moved = event.clientX - startX
      if (moved < -SWIPE) ports.onNext()
      if (moved > SWIPE) ports.onPrevious()
    },
    pointercancel: (event) => void fingers.delete(event.pointerId),
    dblclick: () => to(scale > 1 ? 1 : 2.5),
  }
  const onWheel = (event: WheelEvent) => {
    event.preventDefault()
    to(scale * (event.deltaY < 0 ? 1.2 : 1 / 1.2))
  }
  for (const [name, listener] of Object.entries(events)) frame.addEventListener(name, listener as EventListener)
  frame.addEventListener('wheel', onWheel, { passive: false })

  return {
    by: (factor: number) => to(scale * factor),
    reset() {
      x = 0
      y = 0
      to(1)
    },
    stop() {
      for (const [name, listener] of Object.entries(events)) frame.removeEventListener(name, listener as EventListener)
      frame.removeEventListener('wheel', onWheel)
    },
  }
}
