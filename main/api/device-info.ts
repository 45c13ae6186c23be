/** One of the person's devices, as far as it has to be named. */
export interface DeviceInfo {
  readonly id: string;
  readonly name: string;
}
