/** How direct connections, by WebRTC, are made. */
export interface DirectOptions {
  /**
   * `stun:host:port` each: servers that tell a device its address on the Internet, without which there is no way through
   * a router. Empty: none is asked.
   */
  readonly stun: readonly string[];
  /** The only address that is used, where set. Without it every interface but loopback is. */
  readonly bindAddress?: string | undefined;
}
