// Generated from proto/ by `npm run proto`. Do not edit.
// @ts-nocheck
import { writeVarint64 } from '../helpers/varint64.ts';
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Invitation {
  version: number
  inviter: Uint8Array
  addresses: Uint8Array[]
  secret: Uint8Array
  expiresAt: bigint
}

export namespace Invitation {
  let _codec: Codec<Invitation>

  export const codec = (): Codec<Invitation> => {
    if (_codec == null) {
      _codec = message<Invitation>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(8)
          w.uint32(obj.version)
        }

        if ((obj.inviter != null && obj.inviter.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.inviter)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(26)
            w.bytes(value)
          }
        }

        if ((obj.secret != null && obj.secret.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.secret)
        }

        if ((obj.expiresAt != null && obj.expiresAt !== 0n)) {
          w.uint32(40)
          writeVarint64(w, obj.expiresAt)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0,
          inviter: uint8ArrayAlloc(0),
          addresses: [],
          secret: uint8ArrayAlloc(0),
          expiresAt: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.version = reader.uint32()
              break
            }
            case 2: {
              obj.inviter = reader.bytes()
              break
            }
            case 3: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.bytes())
              break
            }
            case 4: {
              obj.secret = reader.bytes()
              break
            }
            case 5: {
              obj.expiresAt = reader.uint64()
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
        const obj = {
          addresses: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.inviter`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.bytes()
              }

              obj.addresses++

              break
            }
            case 4: {
              yield {
                field: `${prefix}.secret`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.expiresAt`,
                value: reader.uint64()
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

  export interface InvitationVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface InvitationInviterFieldEvent {
    field: '$.inviter'
    value: Uint8Array
  }

  export interface InvitationAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: Uint8Array
  }

  export interface InvitationSecretFieldEvent {
    field: '$.secret'
    value: Uint8Array
  }

  export interface InvitationExpiresAtFieldEvent {
    field: '$.expiresAt'
    value: bigint
  }

  export function encode (obj: Partial<Invitation>): Uint8Array {
    return encodeMessage(obj, Invitation.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invitation>): Invitation {
    return decodeMessage(buf, Invitation.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invitation>): Generator<InvitationVersionFieldEvent | InvitationInviterFieldEvent | InvitationAddressesFieldEvent | InvitationSecretFieldEvent | InvitationExpiresAtFieldEvent> {
    return streamMessage(buf, Invitation.codec(), opts)
  }
}

export interface PairRequest {
  mac: Uint8Array
  name: string
  system: string
  code?: CodeStart
}

export namespace PairRequest {
  let _codec: Codec<PairRequest>

  export const codec = (): Codec<PairRequest> => {
    if (_codec == null) {
      _codec = message<PairRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mac != null && obj.mac.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.mac)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(18)
          w.string(obj.name)
        }

        if ((obj.system != null && obj.system !== '')) {
          w.uint32(26)
          w.string(obj.system)
        }

        if (obj.code != null) {
          w.uint32(34)
          CodeStart.codec().encode(obj.code, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mac: uint8ArrayAlloc(0),
          name: '',
          system: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mac = reader.bytes()
              break
            }
            case 2: {
              obj.name = reader.string()
              break
            }
            case 3: {
              obj.system = reader.string()
              break
            }
            case 4: {
              obj.code = CodeStart.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.code
              })
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
                field: `${prefix}.mac`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.system`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield * CodeStart.codec().stream(reader, reader.uint32(), `${prefix}.code`, {
                limits: opts.limits?.code
              })

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

  export interface PairRequestMacFieldEvent {
    field: '$.mac'
    value: Uint8Array
  }

  export interface PairRequestNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface PairRequestSystemFieldEvent {
    field: '$.system'
    value: string
  }

  export interface PairRequestCodeNameplateFieldEvent {
    field: '$.code.nameplate'
    value: string
  }

  export interface PairRequestCodeSessionIdFieldEvent {
    field: '$.code.sessionId'
    value: Uint8Array
  }

  export interface PairRequestCodeShareFieldEvent {
    field: '$.code.share'
    value: Uint8Array
  }

  export function encode (obj: Partial<PairRequest>): Uint8Array {
    return encodeMessage(obj, PairRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PairRequest>): PairRequest {
    return decodeMessage(buf, PairRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PairRequest>): Generator<PairRequestMacFieldEvent | PairRequestNameFieldEvent | PairRequestSystemFieldEvent | PairRequestCodeNameplateFieldEvent | PairRequestCodeSessionIdFieldEvent | PairRequestCodeShareFieldEvent> {
    return streamMessage(buf, PairRequest.codec(), opts)
  }
}

export interface CodeStart {
  nameplate: string
  sessionId: Uint8Array
  share: Uint8Array
}

export namespace CodeStart {
  let _codec: Codec<CodeStart>

  export const codec = (): Codec<CodeStart> => {
    if (_codec == null) {
      _codec = message<CodeStart>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.nameplate != null && obj.nameplate !== '')) {
          w.uint32(10)
          w.string(obj.nameplate)
        }

        if ((obj.sessionId != null && obj.sessionId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.sessionId)
        }

        if ((obj.share != null && obj.share.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.share)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          nameplate: '',
          sessionId: uint8ArrayAlloc(0),
          share: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.nameplate = reader.string()
              break
            }
            case 2: {
              obj.sessionId = reader.bytes()
              break
            }
            case 3: {
              obj.share = reader.bytes()
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
                field: `${prefix}.nameplate`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.sessionId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.share`,
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

  export interface CodeStartNameplateFieldEvent {
    field: '$.nameplate'
    value: string
  }

  export interface CodeStartSessionIdFieldEvent {
    field: '$.sessionId'
    value: Uint8Array
  }

  export interface CodeStartShareFieldEvent {
    field: '$.share'
    value: Uint8Array
  }

  export function encode (obj: Partial<CodeStart>): Uint8Array {
    return encodeMessage(obj, CodeStart.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CodeStart>): CodeStart {
    return decodeMessage(buf, CodeStart.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CodeStart>): Generator<CodeStartNameplateFieldEvent | CodeStartSessionIdFieldEvent | CodeStartShareFieldEvent> {
    return streamMessage(buf, CodeStart.codec(), opts)
  }
}

export interface CodeShare {
  share: Uint8Array
}

export namespace CodeShare {
  let _codec: Codec<CodeShare>

  export const codec = (): Codec<CodeShare> => {
    if (_codec == null) {
      _codec = message<CodeShare>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.share != null && obj.share.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.share)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          share: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.share = reader.bytes()
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
                field: `${prefix}.share`,
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

  export interface CodeShareShareFieldEvent {
    field: '$.share'
    value: Uint8Array
  }

  export function encode (obj: Partial<CodeShare>): Uint8Array {
    return encodeMessage(obj, CodeShare.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CodeShare>): CodeShare {
    return decodeMessage(buf, CodeShare.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CodeShare>): Generator<CodeShareShareFieldEvent> {
    return streamMessage(buf, CodeShare.codec(), opts)
  }
}

export enum Refusal {
  UNKNOWN = 'UNKNOWN',
  NO_INVITATION = 'NO_INVITATION',
  WRONG_SECRET = 'WRONG_SECRET',
  EXPIRED = 'EXPIRED',
  USED = 'USED',
  REJECTED = 'REJECTED',
  CANCELLED = 'CANCELLED',
  WRONG_CHECK = 'WRONG_CHECK',
  WRONG_CODE = 'WRONG_CODE',
  CODE_SPENT = 'CODE_SPENT',
  LIMITED = 'LIMITED'
}

enum __RefusalValues {
  UNKNOWN = 0,
  NO_INVITATION = 1,
  WRONG_SECRET = 2,
  EXPIRED = 3,
  USED = 4,
  REJECTED = 5,
  CANCELLED = 6,
  WRONG_CHECK = 7,
  WRONG_CODE = 8,
  CODE_SPENT = 9,
  LIMITED = 10
}

export namespace Refusal {
  export const codec = (): Codec<Refusal> => {
    return enumeration<Refusal>(__RefusalValues)
  }
}

export interface PairReply {
  refused?: Refused
  waiting?: Waiting
  admitted?: Admitted
  code?: CodeShare
}

export namespace PairReply {
  let _codec: Codec<PairReply>

  export const codec = (): Codec<PairReply> => {
    if (_codec == null) {
      _codec = message<PairReply>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.refused != null) {
          w.uint32(10)
          Refused.codec().encode(obj.refused, w)
        }

        if (obj.waiting != null) {
          w.uint32(18)
          Waiting.codec().encode(obj.waiting, w)
        }

        if (obj.admitted != null) {
          w.uint32(26)
          Admitted.codec().encode(obj.admitted, w)
        }

        if (obj.code != null) {
          w.uint32(34)
          CodeShare.codec().encode(obj.code, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.refused = Refused.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refused
              })
              break
            }
            case 2: {
              obj.waiting = Waiting.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.waiting
              })
              break
            }
            case 3: {
              obj.admitted = Admitted.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.admitted
              })
              break
            }
            case 4: {
              obj.code = CodeShare.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.code
              })
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
              yield * Refused.codec().stream(reader, reader.uint32(), `${prefix}.refused`, {
                limits: opts.limits?.refused
              })

              break
            }
            case 2: {
              yield * Waiting.codec().stream(reader, reader.uint32(), `${prefix}.waiting`, {
                limits: opts.limits?.waiting
              })

              break
            }
            case 3: {
              yield * Admitted.codec().stream(reader, reader.uint32(), `${prefix}.admitted`, {
                limits: opts.limits?.admitted
              })

              break
            }
            case 4: {
              yield * CodeShare.codec().stream(reader, reader.uint32(), `${prefix}.code`, {
                limits: opts.limits?.code
              })

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

  export interface PairReplyRefusedReasonFieldEvent {
    field: '$.refused.reason'
    value: Refusal
  }

  export interface PairReplyRefusedWrongGuessesPeerFieldEvent {
    field: '$.refused.wrongGuesses[].peer'
    value: Uint8Array
    index: number
  }

  export interface PairReplyRefusedWrongGuessesPathFieldEvent {
    field: '$.refused.wrongGuesses[].path'
    value: string
    index: number
  }

  export interface PairReplyRefusedWrongGuessesCountFieldEvent {
    field: '$.refused.wrongGuesses[].count'
    value: number
    index: number
  }

  export interface PairReplyWaitingMacFieldEvent {
    field: '$.waiting.mac'
    value: Uint8Array
  }

  export interface PairReplyWaitingNameFieldEvent {
    field: '$.waiting.name'
    value: string
  }

  export interface PairReplyWaitingCheckFieldEvent {
    field: '$.waiting.check'
    value: string
  }

  export interface PairReplyAdmittedDeviceListFieldEvent {
    field: '$.admitted.deviceList[]'
    index: number
    value: Uint8Array
  }

  export interface PairReplyAdmittedContentKeysFieldEvent {
    field: '$.admitted.contentKeys[]'
    index: number
    value: Uint8Array
  }

  export interface PairReplyAdmittedMoreFieldEvent {
    field: '$.admitted.more'
    value: boolean
  }

  export interface PairReplyCodeShareFieldEvent {
    field: '$.code.share'
    value: Uint8Array
  }

  export function encode (obj: Partial<PairReply>): Uint8Array {
    return encodeMessage(obj, PairReply.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PairReply>): PairReply {
    return decodeMessage(buf, PairReply.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PairReply>): Generator<PairReplyRefusedReasonFieldEvent | PairReplyRefusedWrongGuessesPeerFieldEvent | PairReplyRefusedWrongGuessesPathFieldEvent | PairReplyRefusedWrongGuessesCountFieldEvent | PairReplyWaitingMacFieldEvent | PairReplyWaitingNameFieldEvent | PairReplyWaitingCheckFieldEvent | PairReplyAdmittedDeviceListFieldEvent | PairReplyAdmittedContentKeysFieldEvent | PairReplyAdmittedMoreFieldEvent | PairReplyCodeShareFieldEvent> {
    return streamMessage(buf, PairReply.codec(), opts)
  }
}

export interface Refused {
  reason: Refusal
  wrongGuesses: WrongGuess[]
}

export namespace Refused {
  let _codec: Codec<Refused>

  export const codec = (): Codec<Refused> => {
    if (_codec == null) {
      _codec = message<Refused>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.reason != null && __RefusalValues[obj.reason] !== 0) {
          w.uint32(8)
          Refusal.codec().encode(obj.reason, w)
        }

        if (obj.wrongGuesses != null && obj.wrongGuesses.length > 0) {
          for (const value of obj.wrongGuesses) {
            w.uint32(18)
            WrongGuess.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          reason: Refusal.UNKNOWN,
          wrongGuesses: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.reason = Refusal.codec().decode(reader)
              break
            }
            case 2: {
              if (opts.limits?.wrongGuesses != null && obj.wrongGuesses.length === opts.limits.wrongGuesses) {
                throw new MaxLengthError('Decode error - repeated field "wrongGuesses" had too many elements')
              }

              obj.wrongGuesses.push(WrongGuess.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.wrongGuesses$
              }))
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
        const obj = {
          wrongGuesses: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.reason`,
                value: Refusal.codec().decode(reader)
              }
              break
            }
            case 2: {
              if (opts.limits?.wrongGuesses != null && obj.wrongGuesses === opts.limits.wrongGuesses) {
                throw new MaxLengthError('Streaming decode error - repeated field "wrongGuesses" had too many elements')
              }

              for (const evt of WrongGuess.codec().stream(reader, reader.uint32(), `${prefix}.wrongGuesses[]`, {
                limits: opts.limits?.wrongGuesses$
              })) {
                yield {
                  ...evt,
                  index: obj.wrongGuesses
                }
              }

              obj.wrongGuesses++

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

  export interface RefusedReasonFieldEvent {
    field: '$.reason'
    value: Refusal
  }

  export interface RefusedWrongGuessesPeerFieldEvent {
    field: '$.wrongGuesses[].peer'
    value: Uint8Array
    index: number
  }

  export interface RefusedWrongGuessesPathFieldEvent {
    field: '$.wrongGuesses[].path'
    value: string
    index: number
  }

  export interface RefusedWrongGuessesCountFieldEvent {
    field: '$.wrongGuesses[].count'
    value: number
    index: number
  }

  export function encode (obj: Partial<Refused>): Uint8Array {
    return encodeMessage(obj, Refused.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refused>): Refused {
    return decodeMessage(buf, Refused.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refused>): Generator<RefusedReasonFieldEvent | RefusedWrongGuessesPeerFieldEvent | RefusedWrongGuessesPathFieldEvent | RefusedWrongGuessesCountFieldEvent> {
    return streamMessage(buf, Refused.codec(), opts)
  }
}

export interface WrongGuess {
  peer: Uint8Array
  path: string
  count: number
}

export namespace WrongGuess {
  let _codec: Codec<WrongGuess>

  export const codec = (): Codec<WrongGuess> => {
    if (_codec == null) {
      _codec = message<WrongGuess>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peer != null && obj.peer.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.peer)
        }

        if ((obj.path != null && obj.path !== '')) {
          w.uint32(18)
          w.string(obj.path)
        }

        if ((obj.count != null && obj.count !== 0)) {
          w.uint32(24)
          w.uint32(obj.count)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peer: uint8ArrayAlloc(0),
          path: '',
          count: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.peer = reader.bytes()
              break
            }
            case 2: {
              obj.path = reader.string()
              break
            }
            case 3: {
              obj.count = reader.uint32()
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
                field: `${prefix}.peer`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.path`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.count`,
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

  export interface WrongGuessPeerFieldEvent {
    field: '$.peer'
    value: Uint8Array
  }

  export interface WrongGuessPathFieldEvent {
    field: '$.path'
    value: string
  }

  export interface WrongGuessCountFieldEvent {
    field: '$.count'
    value: number
  }

  export function encode (obj: Partial<WrongGuess>): Uint8Array {
    return encodeMessage(obj, WrongGuess.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WrongGuess>): WrongGuess {
    return decodeMessage(buf, WrongGuess.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WrongGuess>): Generator<WrongGuessPeerFieldEvent | WrongGuessPathFieldEvent | WrongGuessCountFieldEvent> {
    return streamMessage(buf, WrongGuess.codec(), opts)
  }
}

export interface Waiting {
  mac: Uint8Array
  name: string
  check: string
}

export namespace Waiting {
  let _codec: Codec<Waiting>

  export const codec = (): Codec<Waiting> => {
    if (_codec == null) {
      _codec = message<Waiting>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mac != null && obj.mac.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.mac)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(18)
          w.string(obj.name)
        }

        if ((obj.check != null && obj.check !== '')) {
          w.uint32(26)
          w.string(obj.check)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mac: uint8ArrayAlloc(0),
          name: '',
          check: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mac = reader.bytes()
              break
            }
            case 2: {
              obj.name = reader.string()
              break
            }
            case 3: {
              obj.check = reader.string()
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
                field: `${prefix}.mac`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.check`,
                value: reader.string()
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

  export interface WaitingMacFieldEvent {
    field: '$.mac'
    value: Uint8Array
  }

  export interface WaitingNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface WaitingCheckFieldEvent {
    field: '$.check'
    value: string
  }

  export function encode (obj: Partial<Waiting>): Uint8Array {
    return encodeMessage(obj, Waiting.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Waiting>): Waiting {
    return decodeMessage(buf, Waiting.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Waiting>): Generator<WaitingMacFieldEvent | WaitingNameFieldEvent | WaitingCheckFieldEvent> {
    return streamMessage(buf, Waiting.codec(), opts)
  }
}

export interface Admitted {
  deviceList: Uint8Array[]
  contentKeys: Uint8Array[]
  more: boolean
}

export namespace Admitted {
  let _codec: Codec<Admitted>

  export const codec = (): Codec<Admitted> => {
    if (_codec == null) {
      _codec = message<Admitted>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.deviceList != null && obj.deviceList.length > 0) {
          for (const value of obj.deviceList) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (obj.contentKeys != null && obj.contentKeys.length > 0) {
          for (const value of obj.contentKeys) {
            w.uint32(18)
            w.bytes(value)
          }
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(24)
          w.bool(obj.more)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          deviceList: [],
          contentKeys: [],
          more: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.deviceList != null && obj.deviceList.length === opts.limits.deviceList) {
                throw new MaxLengthError('Decode error - repeated field "deviceList" had too many elements')
              }

              obj.deviceList.push(reader.bytes())
              break
            }
            case 2: {
              if (opts.limits?.contentKeys != null && obj.contentKeys.length === opts.limits.contentKeys) {
                throw new MaxLengthError('Decode error - repeated field "contentKeys" had too many elements')
              }

              obj.contentKeys.push(reader.bytes())
              break
            }
            case 3: {
              obj.more = reader.bool()
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
        const obj = {
          deviceList: 0,
          contentKeys: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.deviceList != null && obj.deviceList === opts.limits.deviceList) {
                throw new MaxLengthError('Streaming decode error - repeated field "deviceList" had too many elements')
              }

              yield {
                field: `${prefix}.deviceList[]`,
                index: obj.deviceList,
                value: reader.bytes()
              }

              obj.deviceList++

              break
            }
            case 2: {
              if (opts.limits?.contentKeys != null && obj.contentKeys === opts.limits.contentKeys) {
                throw new MaxLengthError('Streaming decode error - repeated field "contentKeys" had too many elements')
              }

              yield {
                field: `${prefix}.contentKeys[]`,
                index: obj.contentKeys,
                value: reader.bytes()
              }

              obj.contentKeys++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.more`,
                value: reader.bool()
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

  export interface AdmittedDeviceListFieldEvent {
    field: '$.deviceList[]'
    index: number
    value: Uint8Array
  }

  export interface AdmittedContentKeysFieldEvent {
    field: '$.contentKeys[]'
    index: number
    value: Uint8Array
  }

  export interface AdmittedMoreFieldEvent {
    field: '$.more'
    value: boolean
  }

  export function encode (obj: Partial<Admitted>): Uint8Array {
    return encodeMessage(obj, Admitted.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Admitted>): Admitted {
    return decodeMessage(buf, Admitted.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Admitted>): Generator<AdmittedDeviceListFieldEvent | AdmittedContentKeysFieldEvent | AdmittedMoreFieldEvent> {
    return streamMessage(buf, Admitted.codec(), opts)
  }
}

export interface PairDone {}

export namespace PairDone {
  let _codec: Codec<PairDone>

  export const codec = (): Codec<PairDone> => {
    if (_codec == null) {
      _codec = message<PairDone>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
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

  export function encode (obj: Partial<PairDone>): Uint8Array {
    return encodeMessage(obj, PairDone.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PairDone>): PairDone {
    return decodeMessage(buf, PairDone.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PairDone>): Generator<{}> {
    return streamMessage(buf, PairDone.codec(), opts)
  }
}
