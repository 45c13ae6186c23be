export type ErrorCode =
  | 'invalid-arguments'
  | 'forbidden'
  | 'not-found'
  | 'empty-text'
  | 'text-too-long'
  | 'file-too-large'
  | 'no-space'
  | 'import-busy'
  | 'name-too-long'
  | 'invalid-name'
  | 'invalid-emoji'
  | 'message-deleted'
  | 'link-invalid'
  | 'link-expired'
  | 'link-used'
  | 'link-own'
  | 'code-unknown'
  | 'no-way-in'
  | 'inviter-unreachable'
  | 'pairing-refused'
  | 'check-missing'
  | 'wrong-check'
  | 'wrong-code'
  | 'code-spent'
  | 'pairing-cancelled'
  | 'pairing-busy'
  | 'already-member'
  | 'device-removed'
  | 'not-removed'
  | 'list-unchanged'
  | 'recovery-unknown'
  | 'mailbox'
  | 'not-mailbox'
  | 'busy'
  | 'connection-lost'
  | 'storage'
  | 'internal';

/** An expected failure, told in one sentence that a person can act on. */
export interface ApiError {
  readonly code: ErrorCode;
  readonly message: string;
}
