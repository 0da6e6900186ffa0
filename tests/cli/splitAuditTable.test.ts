import { expect, test } from 'vitest'
import { splitAuditTable } from '../../cli/splitAuditTable.js'
import type { AuditFile } from '../../pipeline/splits/audit/auditFile.js'

const frame = (logId: string, frameIndex: number, part: string) => ({ logId, frameIndex, part })
const near = (severity: string) => ({
  kind: 'nearTrain',
  severity,
  headline: '50.0 % under 5 m',
  summary: '',
  numbers: {},
  named: {
    count: 1,
    shown: [{ frames: [frame('a', 3, 'test'), frame('b', 4, 'train')], distanceM: 1.5, gapS: null }],
  },
})
const audit = (severity: string) =>
  ({
    findings: [near(severity)],
    verdict: severity === 'leak' ? 'leak' : 'clear',
    parts: { train: { logs: 1, frames: 9 }, val: { logs: 0, frames: 0 }, test: { logs: 1, frames: 9 } },
    inNoPart: 0,
    assignment: {},
    missing: { count: 0, shown: [] },
  }) as unknown as AuditFile

test('a leak is named with its frames, and with the commands that show them', () => {
  const lines = splitAuditTable(audit('leak'), 'runs/mine/dataset', 'runs/mine/audit').join('\n')
  expect(lines).toContain('test a/3 – train b/4: 1.5 m')
  expect(lines).toContain('the audit failed: 1 of 1 findings are leaks')
  expect(lines).toContain('look: npx occlab view runs/mine/dataset --audit runs/mine/audit --at a/3')
  expect(lines).toContain('look: npx occlab view runs/mine/dataset --audit runs/mine/audit --at b/4')
})

test('where nothing leaks there is nothing to look at', () => {
  expect(splitAuditTable(audit('none'), 'd', 'a').join('\n')).not.toContain('look:')
})
