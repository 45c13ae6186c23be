import { systemClock } from '../../helpers/clock.ts';
import type { NodeMetrics } from '../../network/node-metrics.ts';
import type { Role } from './catalogue.ts';
import { MetricsText } from './metrics-text.ts';
import type { Reading } from './reading.ts';
import { StatusServer } from './status-server.ts';

/** The facts that a process tells of itself. */
export interface Measurable {
  /** Its PeerId. */
  readonly id: string;
  /** Multiaddrs under which it is found. */
  addresses(): readonly string[];
  read(): Promise<Reading>;
  /** What `/health` tells beside that. */
  health?(): Readonly<Record<string, unknown>>;
}

/** `--metrics` of a process: without the option, nothing is measured and nothing is served. */
export class Measured {
  readonly #role: Role;
  readonly #status: StatusServer | undefined;
  #text: MetricsText;

  /** Rejects with `ExpectedFailure` where the port is taken. */
  static async start(role: Role, port: number | undefined): Promise<Measured> {
    const status = port === undefined ? undefined : await StatusServer.start(port, systemClock);
    return new Measured(role, status);
  }

  private constructor(role: Role, status: StatusServer | undefined) {
    this.#role = role;
    this.#status = status;
    this.#text = new MetricsText(role);
  }

  /** For the next libp2p node of this process. */
  nodeOptions(): { readonly nodeMetrics?: NodeMetrics } {
    if (!this.#status) return {};
    this.#text = new MetricsText(this.#role);
    return { nodeMetrics: this.#text.nodeMetrics() };
  }

  /** Tells of this from now on. */
  show(measurable: Measurable): void {
    const { id } = measurable;
    const text = this.#text;
    this.#status?.show({
      health: () => ({
        ...{ role: this.#role, id, addresses: measurable.addresses() },
        ...measurable.health?.(),
      }),
      metrics: () => text.text(id, () => measurable.read()),
    });
  }

  /** There is nothing to tell of until the next `show`. */
  hide(): void {
    this.#status?.show(undefined);
  }

  /** Prints where Prometheus finds it. */
  announce(): void {
    if (this.#status) console.log(`metrics http://127.0.0.1:${this.#status.port}/metrics`);
  }

  /** From now on `/health` answers 503. */
  stopping(): void {
    this.#status?.stopping();
  }

  async close(): Promise<void> {
    await this.#status?.close();
  }
}
