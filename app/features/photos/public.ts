// What other features may use of photos.
export { addPicked } from './left.ts'
export { IncidentPhotos, LatestPhotos, SitePhotos } from './PhotoSections.tsx'
export { PhotosWaiting } from './PhotosWaiting.tsx'
export { createPicked, PickPhotos } from './PickPhotos.tsx'
