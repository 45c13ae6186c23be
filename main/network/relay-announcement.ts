import type { CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2';
import type { ProtobufMessageStream, ProtobufStream } from '@libp2p/utils';

type CreateRelay = ReturnType<typeof circuitRelayServer>;

interface Limit {
  /** Milliseconds, as the library keeps it; seconds, as the protocol has it. */
  readonly duration?: number;
  readonly data?: bigint;
}

interface LimitedMessage {
  readonly limit?: Limit;
}

/** The parts of libp2p's relay that write limits, which its types keep to themselves (@libp2p/circuit-relay-v2 4.2). */
interface RelayInternals extends CircuitRelayService {
  handleHopProtocol(hop: { readonly stream: ProtobufStream }, options: unknown): Promise<void>;
  stopHop(stop: { readonly request: LimitedMessage }, options: unknown): Promise<unknown>;
}

/**
 * The same relay, which announces durations in seconds, as circuit relay v2 has it. The library writes the milliseconds of its
 * limit into that field, so that others take two minutes for 33 hours; see docs/upstream.md. The limit that it keeps to
 * stays in milliseconds.
 */
export function announcingSeconds(create: CreateRelay): CreateRelay {
  return (components) => {
    const relay = create(components) as RelayInternals;
    const handleHop = relay.handleHopProtocol.bind(relay);
    const stopHop = relay.stopHop.bind(relay);
    relay.handleHopProtocol = (hop, options) =>
      handleHop({ ...hop, stream: writingSeconds(hop.stream) }, options);
    relay.stopHop = (stop, options) =>
      stopHop({ ...stop, request: inSeconds(stop.request) }, options);
    return relay;
  };
}

function writingSeconds(stream: ProtobufStream): ProtobufStream {
  const pb: ProtobufStream['pb'] = <T>(proto: Parameters<typeof stream.pb<T>>[0]) => {
    const messages: ProtobufMessageStream<T> = stream.pb(proto);
    return {
      ...messages,
      write: (message: T, options?: Parameters<typeof messages.write>[1]) =>
        messages.write(inSeconds(message as T & LimitedMessage), options),
    };
  };
  return { ...stream, pb };
}

function inSeconds<T extends LimitedMessage>(message: T): T {
  const { limit } = message;
  if (limit?.duration === undefined) return message;
  // Not more than is kept to; 0 would mean that there is no limit.
  const duration = Math.max(1, Math.floor(limit.duration / 1_000));
  return { ...message, limit: { ...limit, duration } };
}
