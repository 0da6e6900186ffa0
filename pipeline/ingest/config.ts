/** Settings of ingest. All of them decide the bytes of the dataset. */
export interface IngestConfig {
  /** A reader's name, or `auto`: each folder by the reader that recognises it. */
  format: string
  grid: string
  taxonomy: string
  frameRateHz: number
  /** `voxels`, `lidar`, `boxes`, or `auto`: the source's own voxels; else LiDAR where sweeps cover half of its frames. */
  occupancy: string
  /** LiDAR sweeps that feed a frame: its own and the ones before it. */
  sweeps: number
  /** Keep, beside the frame's mask of observed voxels, one of each LiDAR. */
  sensorMasks: boolean
  /** What logs that do not name their rig, site or route are given; '' leaves such a log out. */
  rig: string
  site: string
  route: string
}

export const ingestDefaults: IngestConfig = {
  format: 'auto',
  grid: 'compact',
  taxonomy: 'fleet',
  frameRateHz: 2,
  occupancy: 'auto',
  sweeps: 5,
  sensorMasks: false,
  rig: '',
  site: '',
  route: '',
}

export const ingestPresets: Readonly<Record<string, Partial<IngestConfig>>> = {
  /** The defaults: the demonstration trains on the compact grid. */
  demo: {},
  tiny: {},
  /** Grid and classes of Occ3D-nuScenes. */
  occ3d: { grid: 'occ3d', taxonomy: 'occ3d-nuscenes' },
}
