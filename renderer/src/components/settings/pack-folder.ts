import type { AsyncZippableFile as ZippableFile } from 'fflate';

/** The Markdown of a folder as one ZIP, for the device to take in; other files stay where they are. */
export async function packFolder(files: readonly File[]): Promise<Blob> {
  const { zip } = await import('fflate');
  const texts = files.filter(({ name }) => /\.(?:md|markdown|txt)$/iu.test(name));
  const entries = await Promise.all(
    texts.map(async (file) => {
      const path = file.webkitRelativePath.split('/').slice(1).join('/') || file.name;
      const content = new Uint8Array(await file.arrayBuffer());
      return [path, [content, { mtime: file.lastModified }]] satisfies [string, ZippableFile];
    }),
  );
  return new Promise((resolve, reject) => {
    zip(Object.fromEntries(entries), { level: 1 }, (error, data) => {
      if (error) reject(error);
      else resolve(new Blob([data]));
    });
  });
}
