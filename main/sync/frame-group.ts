import {
  decodePayload,
  extensionsOf,
  type DecodeResult,
  type Hello,
  type ReconcileFrame,
} from '../mvds/codec.ts';

/** A frame that was decoded. */
export interface DecodedFrame {
  /** Its length. */
  readonly byteLength: number;
  readonly payload: DecodeResult;
  readonly hello: Hello | undefined;
  readonly reconcile: readonly ReconcileFrame[];
}

export function decodeFrame(frame: Uint8Array): DecodedFrame {
  const { byteLength } = frame;
  return { byteLength, payload: decodePayload(frame), ...extensionsOf(frame) };
}

/** Frames that are dealt with in one step, with what they hold for this layer. */
export interface FrameGroup {
  readonly frames: readonly DecodedFrame[];
  /** Only where there is one frame. */
  readonly hello: Hello | undefined;
  readonly reconcile: readonly ReconcileFrame[];
}

/**
 * Puts frames together that may be dealt with in one step, in their order. A hello changes how what follows is understood, and a frame
 * of reconciliation is answered before what follows is committed, so each such frame ends its group, and a hello is alone in it.
 */
export function framesTogether(frames: readonly DecodedFrame[]): readonly FrameGroup[] {
  const groups: FrameGroup[] = [];
  let open: DecodedFrame[] = [];
  const close = (reconcile: readonly ReconcileFrame[] = []): void => {
    if (open.length > 0) groups.push({ frames: open, hello: undefined, reconcile });
    open = [];
  };
  for (const frame of frames) {
    const { hello, reconcile } = frame;
    if (hello) {
      close();
      groups.push({ frames: [frame], hello, reconcile });
      continue;
    }
    open.push(frame);
    if (reconcile.length > 0) close(reconcile);
  }
  close();
  return groups;
}
