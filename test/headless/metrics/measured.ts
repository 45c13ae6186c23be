import { parsePrometheus } from '../../helpers/prometheus.ts';
import type { Family } from '../../helpers/prometheus.ts';
import type { RunningProcess } from '../../helpers/processes.ts';

/** What a process that was started with `--metrics 0` serves. */
export class MeasuredProcess {
  readonly #base: string;

  private constructor(base: string) {
    this.#base = base;
  }

  static async of(process: RunningProcess): Promise<MeasuredProcess> {
    const [, base = ''] = await process.line(/^metrics (http:\/\/127\.0\.0\.1:\d+)\/metrics$/u);
    return new MeasuredProcess(base);
  }

  get port(): number {
    return Number(new URL(this.#base).port);
  }

  async text(): Promise<string> {
    const response = await fetch(`${this.#base}/metrics`);
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    return response.text();
  }

  async families(): Promise<ReadonlyMap<string, Family>> {
    return parsePrometheus(await this.text());
  }

  /** The value with these labels; undefined where there is none. */
  async value(name: string, labels: Readonly<Record<string, string>> = {}) {
    const samples = (await this.families()).get(name)?.samples ?? [];
    const wanted = Object.entries(labels);
    return samples.find((sample) => wanted.every(([key, value]) => sample.labels[key] === value))
      ?.value;
  }

  async health(): Promise<{ readonly code: number; readonly body: Record<string, unknown> }> {
    const response = await fetch(`${this.#base}/health`);
    return {
      code: response.status,
      body: (await response.json()) as Record<string, unknown>,
    };
  }
}
