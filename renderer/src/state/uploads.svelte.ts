import { errorText, toldText } from '../i18n/error-text.ts';
import { t } from '../i18n/i18n.svelte.ts';
import { postHeaders } from './content.ts';
import type { Call } from '../../../main/api/client.ts';

/** Files that a message can carry: see `send` of the api. */
export const FILES_MAX = 20;

const PATH = './files';

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
  readonly #call: Call;
  #request: XMLHttpRequest | undefined;
  #isCancelled = false;

  constructor(file: File, key: number, call: Call) {
    this.file = file;
    this.key = key;
    this.#call = call;
    this.start();
  }

  /** Also once more, after a failure. The browser reads the file piece by piece: it is never whole in memory. */
  start(): void {
    this.problem = '';
    this.sent = 0;
    postHeaders(this.#call, PATH).then(
      (headers) => {
        if (!this.#isCancelled) this.#send(headers);
      },
      (error: unknown) => (this.problem = errorText(error)),
    );
  }

  #send(headers: Readonly<Record<string, string>>): void {
    const request = new XMLHttpRequest();
    this.#request = request;
    request.open('POST', PATH);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => (this.sent = loaded);
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status === 201 && typeof answer.id === 'string') this.id = answer.id;
      else this.problem = failureText(answer, request.status);
    };
    request.onerror = () => {
      this.problem = t('error.connection-lost');
    };
    request.send(this.file);
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#request?.abort();
  }
}

/** The files that go with the next message of a conversation. */
export class Uploads {
  list = $state.raw<readonly Upload[]>([]);
  readonly isReady = $derived(this.list.every(({ id }) => id !== undefined));
  readonly #call: Call;
  #nextKey = 1;

  constructor(call: Call) {
    this.#call = call;
  }

  /** Returns how many there was no room for. */
  add(files: readonly File[]): number {
    const room = FILES_MAX - this.list.length;
    const taken = files.slice(0, room).map((file) => new Upload(file, this.#nextKey++, this.#call));
    this.list = [...this.list, ...taken];
    return files.length - taken.length;
  }

  remove(upload: Upload): void {
    upload.cancel();
    this.list = this.list.filter((one) => one !== upload);
  }

  /** They were sent. */
  drop(sent: readonly Upload[]): void {
    this.list = this.list.filter((one) => !sent.includes(one));
  }

  get ready(): OutgoingFile[] {
    return this.list.flatMap(({ id, file }) =>
      id === undefined
        ? []
        : [{ id, name: file.name, mediaType: file.type || 'application/octet-stream' }],
    );
  }
}

function failureText(
  { code, message }: { readonly code?: string; readonly message?: string },
  status: number,
): string {
  return code === undefined || message === undefined
    ? `HTTP ${status}`
    : toldText({ code, message });
}

function parsed(text: string): {
  readonly id?: unknown;
  readonly code?: string;
  readonly message?: string;
} {
  try {
    return JSON.parse(text) as { id?: unknown; code?: string; message?: string };
  } catch {
    return {};
  }
}
