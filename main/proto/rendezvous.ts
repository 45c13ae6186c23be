// Generated from proto/ by `npm run proto`. Do not edit.
// @ts-nocheck
import { decodeMessage, encodeMessage, enumeration, message, streamMessage } from 'protons-runtime'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export enum RendezvousAction {
  NO_ACTION = 'NO_ACTION',
  CLAIM = 'CLAIM',
  LOOKUP = 'LOOKUP',
  RELEASE = 'RELEASE'
}

enum __RendezvousActionValues {
  NO_ACTION = 0,
  CLAIM = 1,
  LOOKUP = 2,
  RELEASE = 3
}

export namespace RendezvousAction {
  export const codec = (): Codec<RendezvousAction> => {
    return enumeration<RendezvousAction>(__RendezvousActionValues)
  }
}

export interface RendezvousRequest {
  action: RendezvousAction
  nameplate: number
}

export namespace RendezvousRequest {
  let _codec: Codec<RendezvousRequest>

  export const codec = (): Codec<RendezvousRequest> => {
    if (_codec == null) {
      _codec = message<RendezvousRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.action != null && __RendezvousActionValues[obj.action] !== 0) {
          w.uint32(8)
          RendezvousAction.codec().encode(obj.action, w)
        }

        if ((obj.nameplate != null && obj.nameplate !== 0)) {
          w.uint32(16)
          w.uint32(obj.nameplate)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          action: RendezvousAction.NO_ACTION,
          nameplate: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.action = RendezvousAction.codec().decode(reader)
              break
            }
            case 2: {
              obj.nameplate = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.action`,
                value: RendezvousAction.codec().decode(reader)
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.nameplate`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RendezvousRequestActionFieldEvent {
    field: '$.action'
    value: RendezvousAction
  }

  export interface RendezvousRequestNameplateFieldEvent {
    field: '$.nameplate'
    value: number
  }

  export function encode (obj: Partial<RendezvousRequest>): Uint8Array {
    return encodeMessage(obj, RendezvousRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RendezvousRequest>): RendezvousRequest {
    return decodeMessage(buf, RendezvousRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RendezvousRequest>): Generator<RendezvousRequestActionFieldEvent | RendezvousRequestNameplateFieldEvent> {
    return streamMessage(buf, RendezvousRequest.codec(), opts)
  }
}

export enum RendezvousOutcome {
  UNKNOWN_NAMEPLATE = 'UNKNOWN_NAMEPLATE',
  OK = 'OK',
  TAKEN = 'TAKEN',
  LIMITED = 'LIMITED'
}

enum __RendezvousOutcomeValues {
  UNKNOWN_NAMEPLATE = 0,
  OK = 1,
  TAKEN = 2,
  LIMITED = 3
}

export namespace RendezvousOutcome {
  export const codec = (): Codec<RendezvousOutcome> => {
    return enumeration<RendezvousOutcome>(__RendezvousOutcomeValues)
  }
}

export interface RendezvousReply {
  outcome: RendezvousOutcome
  peer?: Uint8Array
}

export namespace RendezvousReply {
  let _codec: Codec<RendezvousReply>

  export const codec = (): Codec<RendezvousReply> => {
    if (_codec == null) {
      _codec = message<RendezvousReply>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.outcome != null && __RendezvousOutcomeValues[obj.outcome] !== 0) {
          w.uint32(8)
          RendezvousOutcome.codec().encode(obj.outcome, w)
        }

        if (obj.peer != null) {
          w.uint32(18)
          w.bytes(obj.peer)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          outcome: RendezvousOutcome.UNKNOWN_NAMEPLATE
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.outcome = RendezvousOutcome.codec().decode(reader)
              break
            }
            case 2: {
              obj.peer = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.outcome`,
                value: RendezvousOutcome.codec().decode(reader)
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.peer`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RendezvousReplyOutcomeFieldEvent {
    field: '$.outcome'
    value: RendezvousOutcome
  }

  export interface RendezvousReplyPeerFieldEvent {
    field: '$.peer'
    value: Uint8Array
  }

  export function encode (obj: Partial<RendezvousReply>): Uint8Array {
    return encodeMessage(obj, RendezvousReply.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RendezvousReply>): RendezvousReply {
    return decodeMessage(buf, RendezvousReply.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RendezvousReply>): Generator<RendezvousReplyOutcomeFieldEvent | RendezvousReplyPeerFieldEvent> {
    return streamMessage(buf, RendezvousReply.codec(), opts)
  }
}
