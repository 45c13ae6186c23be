import type { ConnectionEncrypter, MessageStream } from '@libp2p/interface';

/** Copying this much costs less than a packet, bytes. */
const JOINED_BYTES_MAX = 4096;

type EncrypterFactory<Components> = (components: Components) => ConnectionEncrypter;

/**
 * Noise hands the length of each message and its ciphertext to the socket one after the other, and a socket without Nagle's
 * delay sends a packet for each; through a relay it is two frames as well. This joins what is small into one.
 */
export function wholePackets<Components>(
  create: EncrypterFactory<Components>,
): EncrypterFactory<Components> {
  return (components) => {
    const encrypter = create(components);
    const outbound = encrypter.secureOutbound.bind(encrypter);
    const inbound = encrypter.secureInbound.bind(encrypter);
    encrypter.secureOutbound = (stream, options) => outbound(joining(stream), options);
    encrypter.secureInbound = (stream, options) => inbound(joining(stream), options);
    return encrypter;
  };
}

function joining(stream: MessageStream): MessageStream {
  const send = stream.send.bind(stream);
  stream.send = (data) =>
    send(data instanceof Uint8Array || data.byteLength > JOINED_BYTES_MAX ? data : data.subarray());
  return stream;
}
