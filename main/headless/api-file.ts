import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = 'api.json';

const apiFile = z.object({ port: z.number().int().min(1).max(65_535), token: z.string() });

/** Where the device of a data folder answers the command line: a port on loopback, and what proves who is asking. */
export type ApiFile = z.infer<typeof apiFile>;

/** Only this user can read it. Each start of the device makes another. */
export function writeApiFile(folder: string, content: ApiFile): void {
  rmSync(join(folder, FILE), { force: true });
  writeFileSync(join(folder, FILE), JSON.stringify(content), { mode: 0o600 });
}

export function removeApiFile(folder: string): void {
  rmSync(join(folder, FILE), { force: true });
}

/** Undefined where no device has written one, or none that can be read. */
export function readApiFile(folder: string): ApiFile | undefined {
  try {
    return apiFile.parse(JSON.parse(readFileSync(join(folder, FILE), 'utf8')));
  } catch {
    return undefined;
  }
}
