declare module 'fs-native-extensions' {
  /** Takes the kernel's lock on an open file. Returns false when another descriptor holds it. */
  export function tryLock(descriptor: number): boolean;
  export function unlock(descriptor: number): void;
}
