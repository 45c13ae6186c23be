import { uPnPNAT } from '@libp2p/upnp-nat';
import type { UPnPNATInit } from '@libp2p/upnp-nat';

/** How a router is asked to let others in. */
export interface UpnpOptions {
  /** For tests: what speaks with routers. */
  readonly client?: NonNullable<UPnPNATInit['portMappingClient']>;
}

/**
 * A service that asks the router (UPnP, IGD) to pass a port on to this device, and tells its address there. Its word is taken
 * for that: where it is not true, others try an address in vain, and Noise tells them that nobody they know is there.
 */
export function upnpService({ client }: UpnpOptions): ReturnType<typeof uPnPNAT> {
  return uPnPNAT({
    autoConfirmAddress: true,
    // What a person sees in the settings of the router; the library's own names the device's id.
    portMappingDescription: 'Reunion',
    ...(client && { portMappingClient: client }),
  });
}
