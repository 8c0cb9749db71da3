/** Loaded before a command (`node --import`): writes what the process used to the file named in USAGE_FILE when it ends. */
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const usage = { residentMb: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }
  if (process.env['USAGE_FILE']) writeFileSync(process.env['USAGE_FILE'], JSON.stringify(usage))
})
