import { join } from 'node:path'
import type { Reader } from '../reader.js'
import { filesNamed, isFileNamed, singleFileLogs } from '../ros/bagFiles.js'

const ending = '.bag'

/** ROS 1 bags (https://wiki.ros.org/Bags/Format/2.0): every file is a log. They carry no checksums of their own. */
export const rosbag1: Reader = {
  recognises: async (path) => isFileNamed(path, ending) || (await filesNamed(path, ending)).length > 0,

  logs: (path) => singleFileLogs(path, ending),

  async open(log, fill, skips) {
    const [{ Rosbag1Bag }, { openBagLog }] = await Promise.all([import('./rosbag1Bag.js'), import('../ros/bagLog.js')])
    const files = log.files.filter((file) => file.endsWith(ending))
    return openBagLog(await Rosbag1Bag.open(join(log.dir, files[0]), files[0], skips), log, files, fill, skips)
  },
}
