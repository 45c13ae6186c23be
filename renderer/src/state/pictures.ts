import { contentUrl } from './content.ts';
import type { Call } from '../../../main/api/client.ts';

/** Of pictures that were shown a moment ago and may be scrolled back to: some twenty photographs, bytes. */
const KEPT_BYTES_MAX = 64 << 20;

interface Picture {
  readonly url: string;
  readonly bytes: number;
}

/** By their paths, the one that was shown last at the end. */
const kept = new Map<string, Picture>();

/**
 * An address that shows the picture at a path for as long as it may take to draw it. Rejects where it cannot be had. In a browser the
 * address of a picture is good once, so that the picture is kept here for a while.
 */
export async function pictureUrl(call: Call, path: string): Promise<string> {
  const known = kept.get(path);
  if (known) {
    keep(path, known);
    return known.url;
  }
  const url = await contentUrl(call, path);
  if (url === path) return path;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const content = await response.blob();
  const picture = { url: URL.createObjectURL(content), bytes: content.size };
  keep(path, picture);
  return picture.url;
}

function keep(path: string, picture: Picture): void {
  kept.delete(path);
  kept.set(path, picture);
  let bytes = 0;
  for (const [other, { url, bytes: size }] of [...kept].reverse()) {
    bytes += size;
    if (bytes <= KEPT_BYTES_MAX || other === path) continue;
    kept.delete(other);
    URL.revokeObjectURL(url);
  }
}
