/** The kind of process that shows metrics. */
export type Role = 'node' | 'store-node' | 'relay' | 'device';

export interface MetricDefinition {
  readonly type: 'gauge' | 'counter';
  /** One line, for `# HELP` and for docs/metrics.md. */
  readonly help: string;
  readonly labels: readonly string[];
  /** The roles that have it; every other one leaves it out. */
  readonly roles: readonly Role[];
}

const ALL: readonly Role[] = ['node', 'store-node', 'relay', 'device'];
const SYNC: readonly Role[] = ['node', 'store-node', 'device'];
const STORE: readonly Role[] = ['store-node'];
const RELAY: readonly Role[] = ['relay'];

function gauge(help: string, roles: readonly Role[], labels: readonly string[] = []) {
  return { type: 'gauge', help, labels, roles } as const;
}

function counter(help: string, roles: readonly Role[], labels: readonly string[] = []) {
  return { type: 'counter', help, labels, roles } as const;
}

/**
 * Every metric of Reunion's own, by its name: see https://prometheus.io/docs/practices/naming/. A name means the same in each
 * role. No label names another node: their number has no limit, and who meets whom is nobody's business.
 */
export const METRICS = {
  reunion_info: gauge('Always 1. The labels say what runs', ALL, ['version', 'role', 'id']),
  reunion_connections: gauge('Open connections, with a session or without', ALL),
  reunion_connections_max: gauge('How many connections there may be', RELAY),

  reunion_peers: gauge('Peers to synchronize with, by state', SYNC, ['state']),
  reunion_neighbours_max: gauge('How many neighbours there may be: the degree', STORE),
  reunion_latest_agreement_timestamp_seconds: gauge(
    'When any peer was last proven to hold the same; 0 where none was since the start',
    SYNC,
  ),
  reunion_oldest_agreement_timestamp_seconds: gauge(
    'The same of the peer for which it is the longest ago, paused ones left out; 0 where one never was. Absent without peers',
    SYNC,
  ),
  reunion_messages_to_send: gauge(
    'Messages that peers are not known to hold. One that two peers lack counts twice',
    SYNC,
  ),
  reunion_messages_to_receive: gauge(
    'Messages that connected peers say this node lacks. One that two peers offer counts twice',
    SYNC,
  ),
  reunion_sync_messages_total: counter(
    'Messages that peers lacked and acknowledged (sent), and messages of peers that were new here (received)',
    SYNC,
    ['direction'],
  ),
  reunion_sync_payload_bytes_total: counter('Bytes of payloads exchanged with peers', SYNC, [
    'direction',
  ]),
  reunion_sync_sessions_total: counter('Sessions with peers that have begun', SYNC),
  reunion_sync_failures_total: counter('Sessions that ended by a fault', SYNC, ['reason']),
  reunion_rejected_messages_total: counter('Messages of peers that were refused', SYNC),
  reunion_unmet_parents_total: counter(
    'Messages that were delivered although messages they follow never came',
    SYNC,
    ['reason'],
  ),

  reunion_store_up: gauge('Whether the store answers: 1, or 0', SYNC),
  reunion_messages: gauge('Messages in the store, deleted ones that leave a mark included', SYNC),
  reunion_store_bytes: gauge('Bytes of the store on its disk', SYNC),
  reunion_groups: gauge('Groups that are stored', ['node', 'store-node']),

  reunion_requests_total: counter('Requests of clients, by what became of them', STORE, [
    'kind',
    'outcome',
  ]),
  reunion_published_messages_total: counter('New messages that clients have published', STORE),

  reunion_relay_reservations: gauge('Devices that can be reached through the relay', RELAY),
  reunion_relay_reservations_max: gauge('How many of them there may be', RELAY),
  reunion_relay_relayed_connections: gauge('Connections between devices', RELAY),
  reunion_relay_relayed_bytes_total: counter(
    'Bytes that came in to be passed on, with the handshakes of relaying',
    RELAY,
  ),
  reunion_relay_nameplates: gauge('Nameplates of pairing codes that are held', RELAY),
  reunion_relay_refusals_total: counter('Connections and reservations that were refused', RELAY, [
    'reason',
  ]),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof METRICS;

/** The metrics of a role, in the order of the catalogue. */
export function metricsOf(role: Role): [MetricName, MetricDefinition][] {
  return (Object.entries(METRICS) as [MetricName, MetricDefinition][]).filter(([, { roles }]) =>
    roles.includes(role),
  );
}
