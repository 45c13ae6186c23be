import type { ActivityLine } from '../../../main/api/types.ts';
import { en } from '../i18n/en.ts';
import { t } from '../i18n/i18n.svelte.ts';
import type { MessageKey } from '../i18n/i18n.svelte.ts';
import { sizeText } from './numbers.ts';
import { pathText } from './status.ts';

const TROUBLES = new Set(['failed', 'refused', 'incompatible']);

export const isTrouble = ({ kind }: ActivityLine): boolean => TROUBLES.has(kind);

/** What happened, in words; with whom, where `named`. A kind that this version does not know is shown as it is. */
export function activityText(line: ActivityLine, named: boolean): string {
  const what = whatText(line);
  return named && line.device ? `${line.device.name}: ${what}` : what;
}

function whatText({ kind, detail }: ActivityLine): string {
  const { bytes, messages, path, reason, there } = detail;
  if (kind === 'connected' && (path === 'lan' || path === 'direct' || path === 'relay')) {
    return t('activity.connected', { path: pathText(path) });
  }
  if ((kind === 'sent' || kind === 'received') && typeof messages === 'number') {
    return t(`activity.${kind}`, { count: messages });
  }
  if (kind === 'refused' && typeof messages === 'number') {
    return t('activity.refused-messages', { count: messages });
  }
  if (kind === 'refused' && typeof bytes === 'number') {
    return t('activity.refused-payload', { size: sizeText(bytes) });
  }
  if (kind === 'failed') {
    const key = `failure.${String(reason)}`;
    return Object.hasOwn(en, key) ? t(key as MessageKey) : t('activity.failed');
  }
  if (kind === 'paused' && there === true) return t('activity.paused-there');
  const key = `activity.${kind}`;
  return Object.hasOwn(en, key) ? t(key as MessageKey) : kind;
}
