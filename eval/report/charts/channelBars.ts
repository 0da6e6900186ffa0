import * as Plot from '@observablehq/plot'
import type { Html } from '../html.js'
import { figure, ink } from './svg.js'

/** KL of each latent channel in nats, and the line below which a channel is inactive. */
export function channelBars(nats: readonly number[], activeNats: number): Html {
  const bars = nats.map((value, channel) => ({
    channel: String(channel),
    value,
    colour: value > activeNats ? ink.model : ink.bad,
  }))
  return figure(
    'KL of each latent channel',
    `mean KL of each channel, nats a dimension; dashed: ${activeNats} nat, under which a channel is inactive`,
    {
      width: 420,
      height: 220,
      marginBottom: 36,
      x: { label: 'channel', domain: bars.map(({ channel }) => channel), tickSize: 0 },
      y: { label: 'nat', grid: true },
      color: { type: 'identity' },
      marks: [
        Plot.barY(bars, { x: 'channel', y: 'value', fill: 'colour', rx: 2 }),
        Plot.ruleY([activeNats], { stroke: ink.soft, strokeDasharray: '4 3' }),
        Plot.ruleY([0], { stroke: ink.soft }),
      ],
    },
  )
}
