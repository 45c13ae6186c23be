import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2';
import type { Metrics, Stream } from '@libp2p/interface';
import { prometheusMetrics } from '@libp2p/prometheus-metrics';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Refusal } from './relay-gate.ts';

export interface RelayCounts {
  readonly connections: number;
  readonly reservations: number;
  readonly relayedConnections: number;
  readonly nameplates: number;
  readonly refusals: ReadonlyMap<Refusal, number>;
}

/** Every so many milliseconds the delay of the event loop is measured. prom-client's own 10 ms would keep an idle relay busy. */
const EVENT_LOOP_PRECISION_MS = 1_000;

/** What a relay tells Prometheus: libp2p's own metrics, those of the process, and `reunion_relay_…`. */
export class RelayMetrics {
  readonly #registry = new Registry();
  readonly #relayedBytes: Counter;

  constructor() {
    this.#relayedBytes = new Counter({
      name: 'reunion_relay_relayed_bytes_total',
      help: 'Bytes that came in to be passed on, with the handshakes of relaying',
      registers: [this.#registry],
    });
  }

  /** For the `metrics` of a libp2p node. */
  factory(): ReturnType<typeof prometheusMetrics> {
    const create = prometheusMetrics({
      registry: this.#registry,
      defaultMetrics: { eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS },
    });
    return (components) => {
      const metrics = create(components);
      const track = metrics.trackProtocolStream.bind(metrics);
      metrics.trackProtocolStream = (stream: Parameters<Metrics['trackProtocolStream']>[0]) => {
        track(stream);
        if (isRelaying(stream)) this.#countBytes(stream);
      };
      return metrics;
    };
  }

  /** Shows what `read` returns at the time of asking. */
  watch(reservationsMax: number, read: () => RelayCounts): void {
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name: `reunion_relay_${name}`,
        help,
        registers: [this.#registry],
        collect() {
          this.set(value());
        },
      });
    gauge('connections', 'Open connections', () => read().connections);
    gauge('reservations', 'Devices that can be reached', () => read().reservations);
    gauge('reservations_max', 'How many of them there may be', () => reservationsMax);
    gauge('relayed_connections', 'Connections between devices', () => read().relayedConnections);
    gauge('nameplates', 'Nameplates of pairing codes that are held', () => read().nameplates);
    new Counter({
      name: 'reunion_relay_refusals_total',
      help: 'Connections and reservations that were refused',
      labelNames: ['reason'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [reason, count] of read().refusals) this.inc({ reason }, count);
      },
    });
  }

  /** In the text format of Prometheus, version 0.0.4. */
  async text(): Promise<string> {
    return this.#registry.metrics();
  }

  #countBytes(stream: Stream): void {
    // A listener of its own would take what comes before the protocol listens (as prometheus-metrics says where it counts).
    const dispatch = stream.dispatchEvent.bind(stream);
    stream.dispatchEvent = (event: Event) => {
      if (event.type === 'message' && 'data' in event) {
        this.#relayedBytes.inc((event.data as { readonly byteLength: number }).byteLength);
      }
      return dispatch(event);
    };
  }
}

export function isRelaying({ protocol }: Stream): boolean {
  return protocol === RELAY_V2_HOP_CODEC || protocol === RELAY_V2_STOP_CODEC;
}
