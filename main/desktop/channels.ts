/** Every IPC channel, once. */

/** Requests of the page to the device: see api/frames.ts. */
export const REQUEST_CHANNEL = 'reunion:request';
/** Answers and events of the device to the page. */
export const DEVICE_CHANNEL = 'reunion:device';
/** The page opens or closes its scanner: a boolean. Answered once that counts. */
export const SCANNER_CHANNEL = 'reunion:scanner';
/** What the passphrase window shows: see passphrase/question.ts. */
export const QUESTION_CHANNEL = 'reunion:passphrase-question';
/** What was typed there. */
export const ANSWER_CHANNEL = 'reunion:passphrase-answer';
