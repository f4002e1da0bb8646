/** Where photos lie in Storage. */
export const BUCKET = 'photos'

/** The name of a photo's file in its bucket. */
export const objectName = (companyId: string, siteId: string, sha256: string) => `${companyId}/${siteId}/${sha256}.jpg`
