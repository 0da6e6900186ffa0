import { expect, test } from 'vitest'
import { glyphRows } from '../../../pipeline/card/pixelFont.js'
import { colourOf, fitting, Raster, textWidth } from '../../../pipeline/card/raster.js'

function picture({ rgba, width, height }: Raster): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (rgba[4 * (y * width + x)] > 0 ? '#' : '.')).join(''),
  )
}

test('text is drawn from its top left corner, a pixel between characters', () => {
  const raster = new Raster(12, 8, [0, 0, 0])
  raster.text(1, 1, 'L1', [255, 255, 255])
  expect(picture(raster)).toEqual([
    '............',
    '.#.......#..',
    '.#......##..',
    '.#.......#..',
    '.#.......#..',
    '.#.......#..',
    '.#.......#..',
    '.#####..###.',
  ])
})

test('a scale of two doubles every pixel, and what lies outside is not drawn', () => {
  const raster = new Raster(5, 4, [0, 0, 0])
  raster.text(0, 0, 'T', [9, 9, 9], 2)
  expect(picture(raster)).toEqual(['#####', '#####', '....#', '....#'])
})

test('every character of ids, dates and captions has a shape of its own', () => {
  const characters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:·×…']
  const shapes = characters.map((character) => glyphRows(character).join())
  expect(new Set(shapes).size).toBe(characters.length)
  expect(shapes).not.toContain(glyphRows('?').join())
  expect(glyphRows('語')).toEqual(glyphRows('?'))
})

test('a colour is read from its hexadecimal digits', () => {
  expect(colourOf('#0a10ff')).toEqual([10, 16, 255])
})

test.each([
  [100, 'sim-apron-r1-003'],
  [53, 'sim-…-003'],
  [5, '…'],
])('in %i pixels an id keeps its start and its end', (width, shown) => {
  expect(fitting('sim-apron-r1-003', width)).toBe(shown)
  expect(textWidth(shown)).toBeLessThanOrEqual(width)
})
