declare module 'tus-js-client/lib.esm/browser/index.js' {
  export * from 'tus-js-client'
}
declare module 'exifr/dist/lite.esm.mjs' {
  export { parse } from 'exifr'
}
