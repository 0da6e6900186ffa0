/** One ingest in a process of its own, for its clock and its memory: the options as JSON; prints what it took as JSON. */
import { ingest } from '../../pipeline/ingest/ingest.js'
import { peakMemoryMib } from '../../pipeline/peakMemory.js'

const options = JSON.parse(process.argv[2])
const startedMs = performance.now()
await ingest(options)
const wallS = (performance.now() - startedMs) / 1e3
const { userCPUTime, systemCPUTime } = process.resourceUsage()
process.stdout.write(JSON.stringify({ wallS, cpuS: (userCPUTime + systemCPUTime) / 1e6, peakMib: peakMemoryMib() }))
