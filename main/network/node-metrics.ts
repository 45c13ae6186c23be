import { prometheusMetrics } from '@libp2p/prometheus-metrics';
import type { Registry } from 'prom-client';

/** Makes libp2p tell a registry what it does; given to a node when it is created. */
export type NodeMetrics = ReturnType<typeof prometheusMetrics>;

/**
 * Every so many milliseconds the delay of the event loop is measured. The 10 ms of prom-client would keep an idle process
 * busy.
 */
const EVENT_LOOP_PRECISION_MS = 1_000;

/**
 * libp2p's own metrics and those of the process, for one node. Another node needs another registry: libp2p keeps the metrics
 * that it has made in a place of the whole process, and clears that for the next node.
 */
export function nodeMetricsIn(registry: Registry): NodeMetrics {
  return prometheusMetrics({
    registry,
    defaultMetrics: { eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS },
  });
}
