/** The name of the cache of photos that this device fetched for `owner`. */
export const photoCache = (owner: string) => `aplomb-photos:${owner}`
