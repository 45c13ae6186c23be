import type { RequestProtocol } from '../../network/peers/requests.ts';
import { REPLY_BYTES_MAX, REQUEST_BYTES_MAX } from './limits.ts';

/** The protocol of a store node's clients: `proto/store.proto`. */
export const STORE_PROTOCOL: RequestProtocol = {
  name: '/reunion/store/1.0.0',
  requestBytesMax: REQUEST_BYTES_MAX,
  replyBytesMax: REPLY_BYTES_MAX,
};
