/** Where photos lie in Storage. */
export const BUCKET = 'photos'

/** The name of a photo's file in its bucket. */
export const objectName = (companyId: string, siteId: string, sha256: string) => `${companyId}/${siteId}/${sha256}.jpg`

/** Whether the server may have the file of a photo in this state, so that asking for it makes sense. */
export const mayBeThere = (state: string) => state !== 'announced'
