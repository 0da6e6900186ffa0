import { expect, test } from 'vitest'
import { usageError } from '../../cli/usageError.js'

const commands = [{ command: 'ingest <logs..>' }, { command: 'split' }]
const said = (message: string, ...args: string[]) => usageError(message, args, commands).message

test('a command that is not there is named, with those that are', () => {
  expect(said('Unknown arguments: out, ingst, logs', 'ingst', 'logs', '--out', 'dataset')).toBe(
    "no command 'ingst'; see occlab --help (expected ingest | split)",
  )
})

test('a value that is none of the choices is told with the choices', () => {
  const message = 'Invalid values:\n  Argument: grid, Given: "occ3D", Choices: "occ3d", "compact"'
  expect(said(message, 'ingest', 'logs', '--grid', 'occ3D')).toBe(
    '--grid knows no such value; see occlab ingest --help (expected occ3d | compact, found occ3D)',
  )
})

test('a position that is empty is told by how the command is called', () => {
  const message = 'Not enough non-option arguments: got 0, need at least 1'
  expect(said(message, 'ingest', '--out', 'dataset')).toBe(
    'it is called as occlab ingest <logs..>; see occlab ingest --help',
  )
})

test('a flag without its value is named', () => {
  expect(said('Not enough arguments following: out', 'ingest', 'logs', '--out')).toBe(
    '--out lacks a value; see occlab ingest --help',
  )
})

test('anything else is said as it is, with the help that knows the flags', () => {
  expect(said('Unknown argument: grids', 'ingest', 'logs', '--grids', 'occ3d')).toBe(
    'Unknown argument: grids; see occlab ingest --help',
  )
  expect(said('name a command')).toBe('name a command; see occlab --help')
  expect(said('Unknown argument: all', '--all')).toBe('Unknown argument: all; see occlab --help')
})
