import { glyphHeight, glyphRows, glyphWidth } from './pixelFont.js'

export type Colour = readonly [red: number, green: number, blue: number]

/** `#rrggbb` as three bytes. */
export function colourOf(hex: string): Colour {
  const value = Number.parseInt(hex.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** The colour a share of the way from `a` to `b`. */
export function mix(a: Colour, b: Colour, share: number): Colour {
  const part = (channel: number) => Math.round(a[channel] + (b[channel] - a[channel]) * share)
  return [part(0), part(1), part(2)]
}

/** An opaque picture: four bytes a pixel, red green blue alpha, row by row from the top. What lies outside is not drawn. */
export class Raster {
  readonly rgba: Uint8Array

  constructor(
    readonly width: number,
    readonly height: number,
    background: Colour,
  ) {
    this.rgba = new Uint8Array(4 * width * height)
    this.fill(0, 0, width, height, background)
  }

  set(x: number, y: number, [red, green, blue]: Colour): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return
    const at = 4 * (y * this.width + x)
    this.rgba[at] = red
    this.rgba[at + 1] = green
    this.rgba[at + 2] = blue
    this.rgba[at + 3] = 255
  }

  fill(x: number, y: number, width: number, height: number, colour: Colour): void {
    for (let row = y; row < y + height; row++)
      for (let column = x; column < x + width; column++) this.set(column, row, colour)
  }

  /** Writes a line of text, its top left corner at x y, each pixel of the font `scale` pixels wide. */
  text(x: number, y: number, text: string, colour: Colour, scale = 1): void {
    let left = x
    for (const character of text) {
      glyphRows(character).forEach((bits, row) => {
        for (let column = 0; column < glyphWidth; column++)
          if ((bits >> (glyphWidth - 1 - column)) & 1)
            this.fill(left + scale * column, y + scale * row, scale, scale, colour)
      })
      left += scale * (glyphWidth + 1)
    }
  }
}

/** Pixels that a line of text takes. */
export function textWidth(text: string, scale = 1): number {
  return scale * ([...text].length * (glyphWidth + 1) - 1)
}

export function textHeight(scale = 1): number {
  return scale * glyphHeight
}

/** The text, or its start and end with … between, in at most `width` pixels: ids differ at their ends. */
export function fitting(text: string, width: number, scale = 1): string {
  const characters = [...text]
  const room = Math.floor((width / scale + 1) / (glyphWidth + 1))
  if (characters.length <= room) return text
  const start = Math.max(0, Math.ceil((room - 1) / 2))
  const end = Math.max(0, room - 1 - start)
  return `${characters.slice(0, start).join('')}…${end > 0 ? characters.slice(-end).join('') : ''}`
}
