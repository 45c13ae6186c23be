/** Files that a message can carry: see `send` of the api. */
export const FILES_MAX = 20;

export interface OutgoingFile {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
}

/** A file on its way into the device's store. */
export class Upload {
  readonly file: File;
  readonly key: number;
  /** Bytes that the device has taken. */
  sent = $state(0);
  problem = $state('');
  id = $state<string>();
  #request: XMLHttpRequest | undefined;

  constructor(file: File, key: number) {
    this.file = file;
    this.key = key;
    this.start();
  }

  /** Also once more, after a failure. The browser reads the file piece by piece: it is never whole in memory. */
  start(): void {
    this.problem = '';
    this.sent = 0;
    const request = new XMLHttpRequest();
    this.#request = request;
    request.open('POST', './files');
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded }) => (this.sent = loaded);
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status === 201 && typeof answer.id === 'string') this.id = answer.id;
      else this.problem = answer.message ?? request.statusText;
    };
    request.onerror = () => (this.problem = 'connection-lost');
    request.send(this.file);
  }

  cancel(): void {
    this.#request?.abort();
  }
}

/** The files that go with the next message of a conversation. */
export class Uploads {
  list = $state.raw<readonly Upload[]>([]);
  readonly isReady = $derived(this.list.every(({ id }) => id !== undefined));
  #nextKey = 1;

  /** Returns how many there was no room for. */
  add(files: readonly File[]): number {
    const room = FILES_MAX - this.list.length;
    const taken = files.slice(0, room).map((file) => new Upload(file, this.#nextKey++));
    this.list = [...this.list, ...taken];
    return files.length - taken.length;
  }

  remove(upload: Upload): void {
    upload.cancel();
    this.list = this.list.filter((one) => one !== upload);
  }

  clear(): void {
    this.list = [];
  }

  get ready(): OutgoingFile[] {
    return this.list.flatMap(({ id, file }) =>
      id === undefined
        ? []
        : [{ id, name: file.name, mediaType: file.type || 'application/octet-stream' }],
    );
  }
}

function parsed(text: string): { readonly id?: unknown; readonly message?: string } {
  try {
    return JSON.parse(text) as { id?: unknown; message?: string };
  } catch {
    return {};
  }
}
