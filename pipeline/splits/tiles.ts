/**
 * Name of the square tile that holds a place: `site/column,row`. Tiles are counted from the origin of the site's city
 * frame, not from the data, so that they stay where they are when logs are added.
 */
export function tileName(siteId: string, xM: number, yM: number, sideM: number): string {
  return `${siteId}/${Math.floor(xM / sideM)},${Math.floor(yM / sideM)}`
}
