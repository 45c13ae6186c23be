import type { ApiError } from '../../../../main/api/types.ts';
import { errorText, toldText } from '../../i18n/error-text.ts';
import { postHeaders } from '../../state/content.ts';
import type { Call } from '../../../../main/api/client.ts';

/** Sends a file to the device. Resolves, once that has taken it, with what went wrong, in words; empty where nothing did. */
export async function postFile(call: Call, path: string, content: Blob): Promise<string> {
  try {
    const headers = await postHeaders(call, path);
    const response = await fetch(path, { method: 'POST', headers, body: content });
    return response.ok ? '' : toldText((await response.json()) as ApiError);
  } catch (error) {
    return errorText(error);
  }
}
