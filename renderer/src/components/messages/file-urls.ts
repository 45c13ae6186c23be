import type { AttachmentView } from '../../../../main/api/types.ts';

/** Pictures that the device shows as such; others it hands out as files only: an SVG or a page could run scripts. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);

export const isPicture = ({ mediaType }: Pick<AttachmentView, 'mediaType'>): boolean =>
  PICTURES.has(mediaType);

/** Where the device gives the content of a file: to be saved, or `inline` to be shown. See state/content.ts for what it takes. */
export function filePath(
  { id, name, mediaType }: Pick<AttachmentView, 'id' | 'name' | 'mediaType'>,
  inline = false,
): string {
  const query = new URLSearchParams({ name, type: mediaType, ...(inline && { inline: '1' }) });
  return `./files/${id}?${query.toString()}`;
}
