// What other features may use of sites.
export { siteList, type SiteItem } from './data.ts'
export { gravestTone, siteLook } from './labels.ts'
