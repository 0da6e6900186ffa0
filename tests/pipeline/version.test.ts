import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { schemaVersion, toolVersion } from '../../pipeline/version.js'

test("the version in manifests is package.json's", () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(toolVersion).toBe(version)
})

test('the layout has a whole number as its version', () => {
  expect(Number.isInteger(schemaVersion) && schemaVersion > 0).toBe(true)
})
