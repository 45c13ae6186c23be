/** Every IPC channel, once. */
export const REQUEST_CHANNEL = 'reunion:request';
export const DEVICE_CHANNEL = 'reunion:device';
