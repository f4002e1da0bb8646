export { deviceName } from './device.ts'
