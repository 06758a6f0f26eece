/** Hues of the palette; each is readable in every theme. public/styles/palette.css gives each its class. */
export const HUES = 32

/**
 * The class of the palette's hue that is nearest to a picked colour: the page's policy allows no
 * inline style, and a picked colour need not be readable.
 *
 * @param color `#rrggbb`
 * @see https://bottosson.github.io/posts/oklab/ for the numbers
 */
export function hueClass(color: string): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(color.slice(at, at + 2), 16)),
  )
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  const greenRed = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s
  const blueYellow = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
  const turn = Math.atan2(blueYellow, greenRed) / (2 * Math.PI)
  return `hue-${Math.round((turn + 1) * HUES) % HUES}`
}

/** sRGB's transfer function, from 0–255 to linear light. */
function linear(channel: number): number {
  const value = channel / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}
