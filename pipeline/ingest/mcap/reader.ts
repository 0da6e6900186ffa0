import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Reader } from '../reader.js'
import { filesNamed, isFileNamed, singleFileLogs } from '../ros/bagFiles.js'
import { metadataFileName } from '../rosbag2/metadata.js'

const ending = '.mcap'

/**
 * MCAP files (https://mcap.dev/spec) with ROS 2, ROS 1 or Foxglove messages: every file is a log of its own. Those of a
 * folder with a ROS 2 bag's metadata are that bag's.
 */
export const mcap: Reader = {
  recognises: async (path) =>
    isFileNamed(path, ending) ||
    (!existsSync(join(path, metadataFileName)) && (await filesNamed(path, ending)).length > 0),

  logs: (path) => singleFileLogs(path, ending),

  async open(log, fill, skips) {
    const [{ McapBag }, { openBagLog }] = await Promise.all([import('./mcapBag.js'), import('../ros/bagLog.js')])
    const files = log.files.filter((file) => file.endsWith(ending))
    return openBagLog(new McapBag(log.dir, files, skips), log, files, fill, skips)
  },
}
