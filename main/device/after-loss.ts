/*
 * Settings that a store gets when it takes the place of another one, or turns out to be older than it should be: they
 * survive a crash, and are taken away when what they ask for is done.
 */

/** The content key is to be changed before anything is written: somebody may have it who was removed meanwhile. */
export const RENEW_CONTENT_KEY = 'renew-content-key';
/** A person is to say which devices stay. */
export const CONFIRM_DEVICES = 'confirm-devices';

/** Of a store that is filled again, or was put back by somebody else. */
export const AFTER_LOSS = { [RENEW_CONTENT_KEY]: true };
/** Of one that comes from a backup. */
export const AFTER_RESTORE = { [RENEW_CONTENT_KEY]: true, [CONFIRM_DEVICES]: true };
