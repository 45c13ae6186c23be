import type { Connection } from '../../main/store/connection.ts';
import { Engine } from '../../main/store/engine.ts';
import { nodeFileSystem } from '../../main/store/file-backend/index.ts';
import { openConnection } from '../../main/store/opening.ts';
import { storeFiles } from '../../main/store/store-files.ts';

export interface BareEngine {
  readonly engine: Engine;
  readonly connection: Connection;
}

/** An engine without the service around it, so that nothing is indexed but what a test asks for. */
export async function openBare(folder: string, key?: Uint8Array): Promise<BareEngine> {
  const about = { files: storeFiles(folder), key, fileSystem: nodeFileSystem };
  const onNotice = ({ message }: { readonly message: string }): never => {
    throw new Error(message);
  };
  const options = { ...about, onNotice, now: () => 0 };
  const connection = await openConnection(options);
  const engine = new Engine(connection, options);
  engine.beginSession();
  return { engine, connection };
}

/** Throws where the index is not what its entries, as far as it has got, make of it. */
export function checkIndex({ connection }: BareEngine): void {
  connection.run("INSERT INTO search(search) VALUES('integrity-check')");
}
