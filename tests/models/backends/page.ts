import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { tf } from '../../../models/engine/tensorflow.js'
import { type ModelOutputs, modelOutputs } from './modelOutputs.js'
import { type WholeGrid, type WholeGridOutputs, wholeGrid } from './wholeGrid.js'

/** Outputs whose arrays are base64: a driver takes long over arrays of numbers. */
export type Packed<Outputs> = { [K in keyof Outputs]: Outputs[K] extends ArrayBufferView ? string : Outputs[K] }

declare global {
  interface Window {
    /** Runs the model of a case, by the addresses of its files, on a backend of tfjs. */
    runModel(name: string, backend: string): Promise<Packed<ModelOutputs>>
    runWholeGrid(name: WholeGrid, backend: string, runs: number): Promise<Packed<WholeGridOutputs>>
  }
}

setWasmPaths('./')

window.runModel = async (name, backend) => {
  await select(backend)
  const [spec, weights] = await Promise.all(['model.json', 'weights'].map((file) => fetch(`./${name}/${file}`)))
  return packed(modelOutputs({ spec: await spec.text(), weights: new Uint8Array(await weights.arrayBuffer()) }))
}

window.runWholeGrid = async (name, backend, runs) => {
  await select(backend)
  return packed(wholeGrid(name, runs))
}

async function select(backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`no backend ${backend} here`)
}

function packed<Outputs extends object>(outputs: Outputs): Packed<Outputs> {
  const entries = Object.entries(outputs).map(([key, value]) => [
    key,
    ArrayBuffer.isView(value) ? base64(value) : value,
  ])
  return Object.fromEntries(entries) as Packed<Outputs>
}

function base64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength)
  let binary = ''
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary)
}
