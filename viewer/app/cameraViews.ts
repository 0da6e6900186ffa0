import type { Vec3 } from '../../pipeline/pose.js'

/** Where the shared camera can be put with one key, in metres in the ego frame, for a grid that reaches `reachM`. */
export interface CameraView {
  label: string
  says: string
  eye(reachM: number): Vec3
  target(reachM: number): Vec3
}

export const cameraViews = {
  behind: {
    label: 'Behind',
    says: 'from behind and above the ego',
    eye: (reachM) => [-1.14 * reachM, 0, 1.14 * reachM],
    target: (reachM) => [0.03 * reachM, 0, 0],
  },
  close: {
    label: 'Close',
    says: 'just behind the ego',
    eye: () => [-15, 0, 9],
    target: () => [7, 0, 0],
  },
  side: {
    label: 'Side',
    says: 'from the right of the ego',
    eye: (reachM) => [0.5 * reachM, -1.35 * reachM, 0.7 * reachM],
    target: (reachM) => [0.1 * reachM, 0, 0],
  },
  above: {
    label: 'Above',
    says: 'from straight above, ahead is up',
    // Not quite vertical: an orbit's heading is undefined at its pole.
    eye: (reachM) => [-0.02 * reachM, 0, 3.05 * reachM],
    target: () => [0, 0, 0],
  },
} satisfies Record<string, CameraView>

export type CameraName = keyof typeof cameraViews
