import { Counter, Gauge, Registry } from 'prom-client';
import { VERSION } from '../../helpers/version.ts';
import { nodeMetricsIn } from '../../network/node-metrics.ts';
import type { NodeMetrics } from '../../network/node-metrics.ts';
import { metricsOf } from './catalogue.ts';
import type { MetricName, Role } from './catalogue.ts';
import type { LabelledValue, Reading } from './reading.ts';

/** The metrics of one process, in the text format of Prometheus. Nothing is read before it is wanted. */
export class MetricsText {
  readonly #registry = new Registry();
  readonly #role: Role;
  readonly #metrics = new Map<MetricName, Gauge | Counter>();
  /** One text at a time: the values are put into the same objects. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(role: Role) {
    this.#role = role;
    for (const [name, { type, help, labels }] of metricsOf(role)) {
      const options = { name, help, labelNames: [...labels], registers: [this.#registry] };
      this.#metrics.set(name, type === 'gauge' ? new Gauge(options) : new Counter(options));
    }
  }

  /** For the libp2p node of the process: what it does shows in the text, and so does the process. To be called once. */
  nodeMetrics(): NodeMetrics {
    return nodeMetricsIn(this.#registry);
  }

  /** Version 0.0.4 of the format. `id` is the PeerId of this process. Rejects as `read` does. */
  text(id: string, read: () => Promise<Reading>): Promise<string> {
    const text = this.#last.then(async () => {
      const info = [{ labels: { version: VERSION, role: this.#role, id }, value: 1 }];
      this.#put({ ...(await read()), reunion_info: info });
      return this.#registry.metrics();
    });
    this.#last = text.catch(() => undefined);
    return text;
  }

  #put(reading: Reading): void {
    for (const [name, metric] of this.#metrics) {
      metric.reset();
      // Without labels, a metric is 0 after that, where it should be absent.
      metric.remove({});
      for (const { labels, value } of valuesOf(reading[name])) metric.inc(labels, value);
    }
  }
}

function valuesOf(read: Reading[MetricName]): readonly LabelledValue[] {
  if (read === undefined) return [];
  return typeof read === 'number' ? [{ labels: {}, value: read }] : read;
}
