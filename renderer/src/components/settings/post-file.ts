import type { ApiError } from '../../../../main/api/types.ts';
import { errorText, toldText } from '../../i18n/error-text.ts';

/** Sends a file to the device. Resolves, once that has taken it, with what went wrong, in words; empty where nothing did. */
export async function postFile(path: string, content: Blob): Promise<string> {
  try {
    const response = await fetch(path, { method: 'POST', body: content });
    return response.ok ? '' : toldText((await response.json()) as ApiError);
  } catch (error) {
    return errorText(error);
  }
}
