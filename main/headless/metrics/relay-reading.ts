import type { RelayServer } from '../../network/relay-server.ts';
import { byLabel } from './reading.ts';
import type { Reading } from './reading.ts';

const REFUSALS = ['full', 'not-allowed', 'too-many-connections', 'too-many-from-address'] as const;

/** The metrics of a relay. */
export function relayReading({
  counts,
  connectionsMax,
  reservationsMax,
}: Pick<RelayServer, 'counts' | 'connectionsMax' | 'reservationsMax'>): Reading {
  const counted = counts();
  return {
    reunion_connections: counted.connections,
    reunion_connections_max: connectionsMax,
    reunion_relay_reservations: counted.reservations,
    reunion_relay_reservations_max: reservationsMax,
    reunion_relay_relayed_connections: counted.relayedConnections,
    reunion_relay_relayed_bytes_total: counted.relayedBytes,
    reunion_relay_nameplates: counted.nameplates,
    reunion_relay_refusals_total: byLabel('reason', counted.refusals, REFUSALS),
  };
}
