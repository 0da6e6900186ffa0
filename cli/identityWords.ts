/** The flags that say who and where, for logs whose source does not. */
export const identityWords = {
  rig: 'rig of logs that do not name theirs',
  site: 'site of logs that do not name theirs',
  route: 'route of logs that do not name theirs',
}
