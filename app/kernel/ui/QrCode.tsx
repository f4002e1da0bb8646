import { encode } from 'uqr'

/** A QR code: dark on light in both themes, or phones cannot read it. */
export function QrCode(props: { text: string; label: string }) {
  const code = () => encode(props.text, { ecc: 'M', border: 3 })
  const path = () =>
    code()
      .data.map((line, y) => line.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')).join(''))
      .join('')
  return (
    <svg class="qr" role="img" aria-label={props.label} viewBox={`0 0 ${code().size} ${code().size}`} shape-rendering="crispEdges">
      <rect class="qr-paper" width="100%" height="100%" />
      <path class="qr-ink" d={path()} />
    </svg>
  )
}
