import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2';
import type { Metrics, Stream } from '@libp2p/interface';
import type { NodeMetrics } from './node-metrics.ts';

/** Counts the bytes that come in to be passed on, with the handshakes of relaying. */
export class RelayedBytes {
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** `metrics`, for a relay whose bytes are to be counted. */
  counting(metrics: NodeMetrics): NodeMetrics {
    return (components) => {
      const made = metrics(components);
      const track = made.trackProtocolStream.bind(made);
      made.trackProtocolStream = (stream: Parameters<Metrics['trackProtocolStream']>[0]) => {
        track(stream);
        if (isRelaying(stream)) this.#count(stream);
      };
      return made;
    };
  }

  #count(stream: Stream): void {
    // A listener of its own would take what comes before the protocol listens (as prometheus-metrics says where it counts).
    const dispatch = stream.dispatchEvent.bind(stream);
    stream.dispatchEvent = (event: Event) => {
      if (event.type === 'message' && 'data' in event) {
        this.#total += (event.data as { readonly byteLength: number }).byteLength;
      }
      return dispatch(event);
    };
  }
}

function isRelaying({ protocol }: Stream): boolean {
  return protocol === RELAY_V2_HOP_CODEC || protocol === RELAY_V2_STOP_CODEC;
}
