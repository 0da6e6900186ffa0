import type { Pose } from '../../pose.js'
import type { BagMessage, MessageRef, Topic } from './bag.js'
import type { CloudMessage } from './cloudMessages.js'
import { faultOf, returnsOf } from './cloudPoints.js'
import type { Description } from './description.js'
import { PointTimeSurvey } from './pointTimes.js'
import { isSame } from './transformTree.js'

/** The clouds of one topic: where each lies in the bag. */
export interface CloudTopic {
  name: string
  frame: string
  /** Where the points' own frame lies in `frame`. */
  frameFromCloud: Pose
  /** Its points have a field that only radars fill: the radar cross-section. */
  isRadar: boolean
  clouds: { stampNs: bigint; topic: Topic; ref: MessageRef }[]
  survey: PointTimeSurvey
}

/** What is kept of a bag's clouds, by topic name. */
export class CloudTopics {
  readonly byName = new Map<string, CloudTopic>()

  /** `file` is for messages. */
  constructor(
    private readonly file: string,
    private readonly description: Description,
  ) {}

  /**
   * Looks at a cloud and returns its topic; `isFirst` when none of the topic's clouds had a stamp so far. Throws Error for one
   * that cannot be read, or is not where the topic's first was.
   */
  look({ topic, logTimeNs }: BagMessage, cloud: CloudMessage, isFirst: boolean): CloudTopic {
    const fault = faultOf(cloud)
    if (fault) throw new Error(fault)
    const own = this.byName.get(topic.name) ?? this.newTopic(topic.name, cloud)
    const { frame, frameFromCloud, stampNs } = cloud
    if (own.frame !== frame || !isSame(own.frameFromCloud, frameFromCloud))
      throw new Error(
        `a cloud in frame ${frame} on a topic whose first is in frame ${own.frame}, or posed otherwise in it`,
      )
    this.byName.set(topic.name, own)
    const isStamped = stampNs !== 0n
    // Those before the first stamp may be on the clock of the recorder alone.
    if (isStamped && isFirst) own.survey = this.newSurvey(topic.name)
    if (!own.survey.isDone && (isStamped || isFirst))
      own.survey.look({ ...cloud, stampNs: isStamped ? stampNs : logTimeNs }, returnsOf(cloud))
    return own
  }

  private newTopic(name: string, { frame, frameFromCloud, fields }: CloudMessage): CloudTopic {
    const isRadar = fields.some((field) => field.name.toLowerCase() === 'rcs')
    return { name, frame, frameFromCloud, isRadar, clouds: [], survey: this.newSurvey(name) }
  }

  private newSurvey(topic: string): PointTimeSurvey {
    const { point_times, point_time_field } = this.description
    return new PointTimeSurvey(this.file, topic, point_times, point_time_field)
  }
}
