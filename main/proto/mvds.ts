// Generated from proto/ by `npm run proto`. Do not edit.
// @ts-nocheck
import { writeVarint64 } from '../helpers/varint64.ts';
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Metadata {
  parents: Uint8Array[]
  ephemeral: boolean
}

export namespace Metadata {
  let _codec: Codec<Metadata>

  export const codec = (): Codec<Metadata> => {
    if (_codec == null) {
      _codec = message<Metadata>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.parents != null && obj.parents.length > 0) {
          for (const value of obj.parents) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if ((obj.ephemeral != null && obj.ephemeral !== false)) {
          w.uint32(16)
          w.bool(obj.ephemeral)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          parents: [],
          ephemeral: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.parents != null && obj.parents.length === opts.limits.parents) {
                throw new MaxLengthError('Decode error - repeated field "parents" had too many elements')
              }

              obj.parents.push(reader.bytes())
              break
            }
            case 2: {
              obj.ephemeral = reader.bool()
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
          parents: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.parents != null && obj.parents === opts.limits.parents) {
                throw new MaxLengthError('Streaming decode error - repeated field "parents" had too many elements')
              }

              yield {
                field: `${prefix}.parents[]`,
                index: obj.parents,
                value: reader.bytes()
              }

              obj.parents++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.ephemeral`,
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

  export interface MetadataParentsFieldEvent {
    field: '$.parents[]'
    index: number
    value: Uint8Array
  }

  export interface MetadataEphemeralFieldEvent {
    field: '$.ephemeral'
    value: boolean
  }

  export function encode (obj: Partial<Metadata>): Uint8Array {
    return encodeMessage(obj, Metadata.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Metadata>): Metadata {
    return decodeMessage(buf, Metadata.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Metadata>): Generator<MetadataParentsFieldEvent | MetadataEphemeralFieldEvent> {
    return streamMessage(buf, Metadata.codec(), opts)
  }
}

export interface SpecMessage {
  groupId: Uint8Array
  timestamp: bigint
  body: Uint8Array
  metadata?: Metadata
}

export namespace SpecMessage {
  let _codec: Codec<SpecMessage>

  export const codec = (): Codec<SpecMessage> => {
    if (_codec == null) {
      _codec = message<SpecMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.groupId != null && obj.groupId.byteLength > 0)) {
          w.uint32(48010)
          w.bytes(obj.groupId)
        }

        if ((obj.timestamp != null && obj.timestamp !== 0n)) {
          w.uint32(48016)
          writeVarint64(w, obj.timestamp)
        }

        if ((obj.body != null && obj.body.byteLength > 0)) {
          w.uint32(48026)
          w.bytes(obj.body)
        }

        if (obj.metadata != null) {
          w.uint32(48034)
          Metadata.codec().encode(obj.metadata, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          timestamp: 0n,
          body: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 6001: {
              obj.groupId = reader.bytes()
              break
            }
            case 6002: {
              obj.timestamp = reader.int64()
              break
            }
            case 6003: {
              obj.body = reader.bytes()
              break
            }
            case 6004: {
              obj.metadata = Metadata.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.metadata
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
            case 6001: {
              yield {
                field: `${prefix}.groupId`,
                value: reader.bytes()
              }
              break
            }
            case 6002: {
              yield {
                field: `${prefix}.timestamp`,
                value: reader.int64()
              }
              break
            }
            case 6003: {
              yield {
                field: `${prefix}.body`,
                value: reader.bytes()
              }
              break
            }
            case 6004: {
              yield * Metadata.codec().stream(reader, reader.uint32(), `${prefix}.metadata`, {
                limits: opts.limits?.metadata
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

  export interface SpecMessageGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array
  }

  export interface SpecMessageTimestampFieldEvent {
    field: '$.timestamp'
    value: bigint
  }

  export interface SpecMessageBodyFieldEvent {
    field: '$.body'
    value: Uint8Array
  }

  export interface SpecMessageMetadataParentsFieldEvent {
    field: '$.metadata.parents[]'
    index: number
    value: Uint8Array
  }

  export interface SpecMessageMetadataEphemeralFieldEvent {
    field: '$.metadata.ephemeral'
    value: boolean
  }

  export function encode (obj: Partial<SpecMessage>): Uint8Array {
    return encodeMessage(obj, SpecMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpecMessage>): SpecMessage {
    return decodeMessage(buf, SpecMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpecMessage>): Generator<SpecMessageGroupIdFieldEvent | SpecMessageTimestampFieldEvent | SpecMessageBodyFieldEvent | SpecMessageMetadataParentsFieldEvent | SpecMessageMetadataEphemeralFieldEvent> {
    return streamMessage(buf, SpecMessage.codec(), opts)
  }
}

export interface SpecPayload {
  acks: Uint8Array[]
  offers: Uint8Array[]
  requests: Uint8Array[]
  messages: SpecMessage[]
  hello?: Hello
  reconcile: ReconcileFrame[]
  groupId?: Uint8Array
  number?: bigint
  ackedPayloads?: Uint8Array
}

export namespace SpecPayload {
  let _codec: Codec<SpecPayload>

  export const codec = (): Codec<SpecPayload> => {
    if (_codec == null) {
      _codec = message<SpecPayload>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.acks != null && obj.acks.length > 0) {
          for (const value of obj.acks) {
            w.uint32(40010)
            w.bytes(value)
          }
        }

        if (obj.offers != null && obj.offers.length > 0) {
          for (const value of obj.offers) {
            w.uint32(40018)
            w.bytes(value)
          }
        }

        if (obj.requests != null && obj.requests.length > 0) {
          for (const value of obj.requests) {
            w.uint32(40026)
            w.bytes(value)
          }
        }

        if (obj.messages != null && obj.messages.length > 0) {
          for (const value of obj.messages) {
            w.uint32(40034)
            SpecMessage.codec().encode(value, w)
          }
        }

        if (obj.hello != null) {
          w.uint32(40810)
          Hello.codec().encode(obj.hello, w)
        }

        if (obj.reconcile != null && obj.reconcile.length > 0) {
          for (const value of obj.reconcile) {
            w.uint32(40818)
            ReconcileFrame.codec().encode(value, w)
          }
        }

        if (obj.groupId != null) {
          w.uint32(40826)
          w.bytes(obj.groupId)
        }

        if (obj.number != null) {
          w.uint32(40832)
          writeVarint64(w, obj.number)
        }

        if (obj.ackedPayloads != null) {
          w.uint32(40842)
          w.bytes(obj.ackedPayloads)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          acks: [],
          offers: [],
          requests: [],
          messages: [],
          reconcile: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 5001: {
              if (opts.limits?.acks != null && obj.acks.length === opts.limits.acks) {
                throw new MaxLengthError('Decode error - repeated field "acks" had too many elements')
              }

              obj.acks.push(reader.bytes())
              break
            }
            case 5002: {
              if (opts.limits?.offers != null && obj.offers.length === opts.limits.offers) {
                throw new MaxLengthError('Decode error - repeated field "offers" had too many elements')
              }

              obj.offers.push(reader.bytes())
              break
            }
            case 5003: {
              if (opts.limits?.requests != null && obj.requests.length === opts.limits.requests) {
                throw new MaxLengthError('Decode error - repeated field "requests" had too many elements')
              }

              obj.requests.push(reader.bytes())
              break
            }
            case 5004: {
              if (opts.limits?.messages != null && obj.messages.length === opts.limits.messages) {
                throw new MaxLengthError('Decode error - repeated field "messages" had too many elements')
              }

              obj.messages.push(SpecMessage.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.messages$
              }))
              break
            }
            case 5101: {
              obj.hello = Hello.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.hello
              })
              break
            }
            case 5102: {
              if (opts.limits?.reconcile != null && obj.reconcile.length === opts.limits.reconcile) {
                throw new MaxLengthError('Decode error - repeated field "reconcile" had too many elements')
              }

              obj.reconcile.push(ReconcileFrame.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.reconcile$
              }))
              break
            }
            case 5103: {
              obj.groupId = reader.bytes()
              break
            }
            case 5104: {
              obj.number = reader.uint64()
              break
            }
            case 5105: {
              obj.ackedPayloads = reader.bytes()
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
          acks: 0,
          offers: 0,
          requests: 0,
          messages: 0,
          reconcile: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 5001: {
              if (opts.limits?.acks != null && obj.acks === opts.limits.acks) {
                throw new MaxLengthError('Streaming decode error - repeated field "acks" had too many elements')
              }

              yield {
                field: `${prefix}.acks[]`,
                index: obj.acks,
                value: reader.bytes()
              }

              obj.acks++

              break
            }
            case 5002: {
              if (opts.limits?.offers != null && obj.offers === opts.limits.offers) {
                throw new MaxLengthError('Streaming decode error - repeated field "offers" had too many elements')
              }

              yield {
                field: `${prefix}.offers[]`,
                index: obj.offers,
                value: reader.bytes()
              }

              obj.offers++

              break
            }
            case 5003: {
              if (opts.limits?.requests != null && obj.requests === opts.limits.requests) {
                throw new MaxLengthError('Streaming decode error - repeated field "requests" had too many elements')
              }

              yield {
                field: `${prefix}.requests[]`,
                index: obj.requests,
                value: reader.bytes()
              }

              obj.requests++

              break
            }
            case 5004: {
              if (opts.limits?.messages != null && obj.messages === opts.limits.messages) {
                throw new MaxLengthError('Streaming decode error - repeated field "messages" had too many elements')
              }

              for (const evt of SpecMessage.codec().stream(reader, reader.uint32(), `${prefix}.messages[]`, {
                limits: opts.limits?.messages$
              })) {
                yield {
                  ...evt,
                  index: obj.messages
                }
              }

              obj.messages++

              break
            }
            case 5101: {
              yield * Hello.codec().stream(reader, reader.uint32(), `${prefix}.hello`, {
                limits: opts.limits?.hello
              })

              break
            }
            case 5102: {
              if (opts.limits?.reconcile != null && obj.reconcile === opts.limits.reconcile) {
                throw new MaxLengthError('Streaming decode error - repeated field "reconcile" had too many elements')
              }

              for (const evt of ReconcileFrame.codec().stream(reader, reader.uint32(), `${prefix}.reconcile[]`, {
                limits: opts.limits?.reconcile$
              })) {
                yield {
                  ...evt,
                  index: obj.reconcile
                }
              }

              obj.reconcile++

              break
            }
            case 5103: {
              yield {
                field: `${prefix}.groupId`,
                value: reader.bytes()
              }
              break
            }
            case 5104: {
              yield {
                field: `${prefix}.number`,
                value: reader.uint64()
              }
              break
            }
            case 5105: {
              yield {
                field: `${prefix}.ackedPayloads`,
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

  export interface SpecPayloadAcksFieldEvent {
    field: '$.acks[]'
    index: number
    value: Uint8Array
  }

  export interface SpecPayloadOffersFieldEvent {
    field: '$.offers[]'
    index: number
    value: Uint8Array
  }

  export interface SpecPayloadRequestsFieldEvent {
    field: '$.requests[]'
    index: number
    value: Uint8Array
  }

  export interface SpecPayloadMessagesGroupIdFieldEvent {
    field: '$.messages[].groupId'
    value: Uint8Array
    index: number
  }

  export interface SpecPayloadMessagesTimestampFieldEvent {
    field: '$.messages[].timestamp'
    value: bigint
    index: number
  }

  export interface SpecPayloadMessagesBodyFieldEvent {
    field: '$.messages[].body'
    value: Uint8Array
    index: number
  }

  export interface SpecPayloadMessagesMetadataParentsFieldEvent {
    field: '$.messages[].metadata.parents[]'
    index: number
    value: Uint8Array
  }

  export interface SpecPayloadMessagesMetadataEphemeralFieldEvent {
    field: '$.messages[].metadata.ephemeral'
    value: boolean
    index: number
  }

  export interface SpecPayloadHelloVersionFieldEvent {
    field: '$.hello.version'
    value: number
  }

  export interface SpecPayloadHelloStoreIdFieldEvent {
    field: '$.hello.storeId'
    value: Uint8Array
  }

  export interface SpecPayloadHelloMaxPayloadBytesFieldEvent {
    field: '$.hello.maxPayloadBytes'
    value: number
  }

  export interface SpecPayloadHelloPendingFieldEvent {
    field: '$.hello.pending'
    value: bigint
  }

  export interface SpecPayloadHelloPausedFieldEvent {
    field: '$.hello.paused'
    value: boolean
  }

  export interface SpecPayloadHelloIntervalFieldEvent {
    field: '$.hello.interval'
    value: number
  }

  export interface SpecPayloadHelloSharedGroupFieldEvent {
    field: '$.hello.sharedGroup'
    value: boolean
  }

  export interface SpecPayloadHelloBulkAcksFieldEvent {
    field: '$.hello.bulkAcks'
    value: boolean
  }

  export interface SpecPayloadHelloSinceGroupIdFieldEvent {
    field: '$.hello.since[].groupId'
    value: Uint8Array
    index: number
  }

  export interface SpecPayloadHelloSinceTimestampFieldEvent {
    field: '$.hello.since[].timestamp'
    value: bigint
    index: number
  }

  export interface SpecPayloadReconcileGroupIdFieldEvent {
    field: '$.reconcile[].groupId'
    value: Uint8Array
    index: number
  }

  export interface SpecPayloadReconcileNumberFieldEvent {
    field: '$.reconcile[].number'
    value: number
    index: number
  }

  export interface SpecPayloadReconcileFrameFieldEvent {
    field: '$.reconcile[].frame'
    value: Uint8Array
    index: number
  }

  export interface SpecPayloadGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array
  }

  export interface SpecPayloadNumberFieldEvent {
    field: '$.number'
    value: bigint
  }

  export interface SpecPayloadAckedPayloadsFieldEvent {
    field: '$.ackedPayloads'
    value: Uint8Array
  }

  export function encode (obj: Partial<SpecPayload>): Uint8Array {
    return encodeMessage(obj, SpecPayload.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpecPayload>): SpecPayload {
    return decodeMessage(buf, SpecPayload.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpecPayload>): Generator<SpecPayloadAcksFieldEvent | SpecPayloadOffersFieldEvent | SpecPayloadRequestsFieldEvent | SpecPayloadMessagesGroupIdFieldEvent | SpecPayloadMessagesTimestampFieldEvent | SpecPayloadMessagesBodyFieldEvent | SpecPayloadMessagesMetadataParentsFieldEvent | SpecPayloadMessagesMetadataEphemeralFieldEvent | SpecPayloadHelloVersionFieldEvent | SpecPayloadHelloStoreIdFieldEvent | SpecPayloadHelloMaxPayloadBytesFieldEvent | SpecPayloadHelloPendingFieldEvent | SpecPayloadHelloPausedFieldEvent | SpecPayloadHelloIntervalFieldEvent | SpecPayloadHelloSharedGroupFieldEvent | SpecPayloadHelloBulkAcksFieldEvent | SpecPayloadHelloSinceGroupIdFieldEvent | SpecPayloadHelloSinceTimestampFieldEvent | SpecPayloadReconcileGroupIdFieldEvent | SpecPayloadReconcileNumberFieldEvent | SpecPayloadReconcileFrameFieldEvent | SpecPayloadGroupIdFieldEvent | SpecPayloadNumberFieldEvent | SpecPayloadAckedPayloadsFieldEvent> {
    return streamMessage(buf, SpecPayload.codec(), opts)
  }
}

export interface ReconcileFrame {
  groupId: Uint8Array
  number: number
  frame: Uint8Array
}

export namespace ReconcileFrame {
  let _codec: Codec<ReconcileFrame>

  export const codec = (): Codec<ReconcileFrame> => {
    if (_codec == null) {
      _codec = message<ReconcileFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.groupId != null && obj.groupId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.groupId)
        }

        if ((obj.number != null && obj.number !== 0)) {
          w.uint32(16)
          w.uint32(obj.number)
        }

        if ((obj.frame != null && obj.frame.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.frame)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          number: 0,
          frame: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.groupId = reader.bytes()
              break
            }
            case 2: {
              obj.number = reader.uint32()
              break
            }
            case 3: {
              obj.frame = reader.bytes()
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
                field: `${prefix}.groupId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.number`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.frame`,
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

  export interface ReconcileFrameGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array
  }

  export interface ReconcileFrameNumberFieldEvent {
    field: '$.number'
    value: number
  }

  export interface ReconcileFrameFrameFieldEvent {
    field: '$.frame'
    value: Uint8Array
  }

  export function encode (obj: Partial<ReconcileFrame>): Uint8Array {
    return encodeMessage(obj, ReconcileFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReconcileFrame>): ReconcileFrame {
    return decodeMessage(buf, ReconcileFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReconcileFrame>): Generator<ReconcileFrameGroupIdFieldEvent | ReconcileFrameNumberFieldEvent | ReconcileFrameFrameFieldEvent> {
    return streamMessage(buf, ReconcileFrame.codec(), opts)
  }
}

export interface CompactMessage {
  groupId: Uint8Array
  timestamp: bigint
  body: Uint8Array
  metadata?: Metadata
}

export namespace CompactMessage {
  let _codec: Codec<CompactMessage>

  export const codec = (): Codec<CompactMessage> => {
    if (_codec == null) {
      _codec = message<CompactMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.groupId != null && obj.groupId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.groupId)
        }

        if ((obj.timestamp != null && obj.timestamp !== 0n)) {
          w.uint32(16)
          writeVarint64(w, obj.timestamp)
        }

        if ((obj.body != null && obj.body.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.body)
        }

        if (obj.metadata != null) {
          w.uint32(34)
          Metadata.codec().encode(obj.metadata, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          timestamp: 0n,
          body: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.groupId = reader.bytes()
              break
            }
            case 2: {
              obj.timestamp = reader.int64()
              break
            }
            case 3: {
              obj.body = reader.bytes()
              break
            }
            case 4: {
              obj.metadata = Metadata.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.metadata
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
                field: `${prefix}.groupId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.timestamp`,
                value: reader.int64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.body`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield * Metadata.codec().stream(reader, reader.uint32(), `${prefix}.metadata`, {
                limits: opts.limits?.metadata
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

  export interface CompactMessageGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array
  }

  export interface CompactMessageTimestampFieldEvent {
    field: '$.timestamp'
    value: bigint
  }

  export interface CompactMessageBodyFieldEvent {
    field: '$.body'
    value: Uint8Array
  }

  export interface CompactMessageMetadataParentsFieldEvent {
    field: '$.metadata.parents[]'
    index: number
    value: Uint8Array
  }

  export interface CompactMessageMetadataEphemeralFieldEvent {
    field: '$.metadata.ephemeral'
    value: boolean
  }

  export function encode (obj: Partial<CompactMessage>): Uint8Array {
    return encodeMessage(obj, CompactMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CompactMessage>): CompactMessage {
    return decodeMessage(buf, CompactMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CompactMessage>): Generator<CompactMessageGroupIdFieldEvent | CompactMessageTimestampFieldEvent | CompactMessageBodyFieldEvent | CompactMessageMetadataParentsFieldEvent | CompactMessageMetadataEphemeralFieldEvent> {
    return streamMessage(buf, CompactMessage.codec(), opts)
  }
}

export interface CompactPayload {
  acks: Uint8Array[]
  offers: Uint8Array[]
  requests: Uint8Array[]
  messages: CompactMessage[]
}

export namespace CompactPayload {
  let _codec: Codec<CompactPayload>

  export const codec = (): Codec<CompactPayload> => {
    if (_codec == null) {
      _codec = message<CompactPayload>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.acks != null && obj.acks.length > 0) {
          for (const value of obj.acks) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (obj.offers != null && obj.offers.length > 0) {
          for (const value of obj.offers) {
            w.uint32(18)
            w.bytes(value)
          }
        }

        if (obj.requests != null && obj.requests.length > 0) {
          for (const value of obj.requests) {
            w.uint32(26)
            w.bytes(value)
          }
        }

        if (obj.messages != null && obj.messages.length > 0) {
          for (const value of obj.messages) {
            w.uint32(34)
            CompactMessage.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          acks: [],
          offers: [],
          requests: [],
          messages: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.acks != null && obj.acks.length === opts.limits.acks) {
                throw new MaxLengthError('Decode error - repeated field "acks" had too many elements')
              }

              obj.acks.push(reader.bytes())
              break
            }
            case 2: {
              if (opts.limits?.offers != null && obj.offers.length === opts.limits.offers) {
                throw new MaxLengthError('Decode error - repeated field "offers" had too many elements')
              }

              obj.offers.push(reader.bytes())
              break
            }
            case 3: {
              if (opts.limits?.requests != null && obj.requests.length === opts.limits.requests) {
                throw new MaxLengthError('Decode error - repeated field "requests" had too many elements')
              }

              obj.requests.push(reader.bytes())
              break
            }
            case 4: {
              if (opts.limits?.messages != null && obj.messages.length === opts.limits.messages) {
                throw new MaxLengthError('Decode error - repeated field "messages" had too many elements')
              }

              obj.messages.push(CompactMessage.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.messages$
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
          acks: 0,
          offers: 0,
          requests: 0,
          messages: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.acks != null && obj.acks === opts.limits.acks) {
                throw new MaxLengthError('Streaming decode error - repeated field "acks" had too many elements')
              }

              yield {
                field: `${prefix}.acks[]`,
                index: obj.acks,
                value: reader.bytes()
              }

              obj.acks++

              break
            }
            case 2: {
              if (opts.limits?.offers != null && obj.offers === opts.limits.offers) {
                throw new MaxLengthError('Streaming decode error - repeated field "offers" had too many elements')
              }

              yield {
                field: `${prefix}.offers[]`,
                index: obj.offers,
                value: reader.bytes()
              }

              obj.offers++

              break
            }
            case 3: {
              if (opts.limits?.requests != null && obj.requests === opts.limits.requests) {
                throw new MaxLengthError('Streaming decode error - repeated field "requests" had too many elements')
              }

              yield {
                field: `${prefix}.requests[]`,
                index: obj.requests,
                value: reader.bytes()
              }

              obj.requests++

              break
            }
            case 4: {
              if (opts.limits?.messages != null && obj.messages === opts.limits.messages) {
                throw new MaxLengthError('Streaming decode error - repeated field "messages" had too many elements')
              }

              for (const evt of CompactMessage.codec().stream(reader, reader.uint32(), `${prefix}.messages[]`, {
                limits: opts.limits?.messages$
              })) {
                yield {
                  ...evt,
                  index: obj.messages
                }
              }

              obj.messages++

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

  export interface CompactPayloadAcksFieldEvent {
    field: '$.acks[]'
    index: number
    value: Uint8Array
  }

  export interface CompactPayloadOffersFieldEvent {
    field: '$.offers[]'
    index: number
    value: Uint8Array
  }

  export interface CompactPayloadRequestsFieldEvent {
    field: '$.requests[]'
    index: number
    value: Uint8Array
  }

  export interface CompactPayloadMessagesGroupIdFieldEvent {
    field: '$.messages[].groupId'
    value: Uint8Array
    index: number
  }

  export interface CompactPayloadMessagesTimestampFieldEvent {
    field: '$.messages[].timestamp'
    value: bigint
    index: number
  }

  export interface CompactPayloadMessagesBodyFieldEvent {
    field: '$.messages[].body'
    value: Uint8Array
    index: number
  }

  export interface CompactPayloadMessagesMetadataParentsFieldEvent {
    field: '$.messages[].metadata.parents[]'
    index: number
    value: Uint8Array
  }

  export interface CompactPayloadMessagesMetadataEphemeralFieldEvent {
    field: '$.messages[].metadata.ephemeral'
    value: boolean
    index: number
  }

  export function encode (obj: Partial<CompactPayload>): Uint8Array {
    return encodeMessage(obj, CompactPayload.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CompactPayload>): CompactPayload {
    return decodeMessage(buf, CompactPayload.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CompactPayload>): Generator<CompactPayloadAcksFieldEvent | CompactPayloadOffersFieldEvent | CompactPayloadRequestsFieldEvent | CompactPayloadMessagesGroupIdFieldEvent | CompactPayloadMessagesTimestampFieldEvent | CompactPayloadMessagesBodyFieldEvent | CompactPayloadMessagesMetadataParentsFieldEvent | CompactPayloadMessagesMetadataEphemeralFieldEvent> {
    return streamMessage(buf, CompactPayload.codec(), opts)
  }
}

export interface Hello {
  version: number
  storeId: Uint8Array
  maxPayloadBytes: number
  pending?: bigint
  paused?: boolean
  interval?: number
  sharedGroup?: boolean
  bulkAcks?: boolean
  since: HistorySince[]
}

export namespace Hello {
  let _codec: Codec<Hello>

  export const codec = (): Codec<Hello> => {
    if (_codec == null) {
      _codec = message<Hello>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(8)
          w.uint32(obj.version)
        }

        if ((obj.storeId != null && obj.storeId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.storeId)
        }

        if ((obj.maxPayloadBytes != null && obj.maxPayloadBytes !== 0)) {
          w.uint32(24)
          w.uint32(obj.maxPayloadBytes)
        }

        if (obj.pending != null) {
          w.uint32(32)
          writeVarint64(w, obj.pending)
        }

        if (obj.paused != null) {
          w.uint32(40)
          w.bool(obj.paused)
        }

        if (obj.interval != null) {
          w.uint32(48)
          w.uint32(obj.interval)
        }

        if (obj.sharedGroup != null) {
          w.uint32(64)
          w.bool(obj.sharedGroup)
        }

        if (obj.bulkAcks != null) {
          w.uint32(72)
          w.bool(obj.bulkAcks)
        }

        if (obj.since != null && obj.since.length > 0) {
          for (const value of obj.since) {
            w.uint32(58)
            HistorySince.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0,
          storeId: uint8ArrayAlloc(0),
          maxPayloadBytes: 0,
          since: []
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
              obj.storeId = reader.bytes()
              break
            }
            case 3: {
              obj.maxPayloadBytes = reader.uint32()
              break
            }
            case 4: {
              obj.pending = reader.uint64()
              break
            }
            case 5: {
              obj.paused = reader.bool()
              break
            }
            case 6: {
              obj.interval = reader.uint32()
              break
            }
            case 8: {
              obj.sharedGroup = reader.bool()
              break
            }
            case 9: {
              obj.bulkAcks = reader.bool()
              break
            }
            case 7: {
              if (opts.limits?.since != null && obj.since.length === opts.limits.since) {
                throw new MaxLengthError('Decode error - repeated field "since" had too many elements')
              }

              obj.since.push(HistorySince.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.since$
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
          since: 0
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
                field: `${prefix}.storeId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.maxPayloadBytes`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.pending`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.paused`,
                value: reader.bool()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.interval`,
                value: reader.uint32()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.sharedGroup`,
                value: reader.bool()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.bulkAcks`,
                value: reader.bool()
              }
              break
            }
            case 7: {
              if (opts.limits?.since != null && obj.since === opts.limits.since) {
                throw new MaxLengthError('Streaming decode error - repeated field "since" had too many elements')
              }

              for (const evt of HistorySince.codec().stream(reader, reader.uint32(), `${prefix}.since[]`, {
                limits: opts.limits?.since$
              })) {
                yield {
                  ...evt,
                  index: obj.since
                }
              }

              obj.since++

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

  export interface HelloVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface HelloStoreIdFieldEvent {
    field: '$.storeId'
    value: Uint8Array
  }

  export interface HelloMaxPayloadBytesFieldEvent {
    field: '$.maxPayloadBytes'
    value: number
  }

  export interface HelloPendingFieldEvent {
    field: '$.pending'
    value: bigint
  }

  export interface HelloPausedFieldEvent {
    field: '$.paused'
    value: boolean
  }

  export interface HelloIntervalFieldEvent {
    field: '$.interval'
    value: number
  }

  export interface HelloSharedGroupFieldEvent {
    field: '$.sharedGroup'
    value: boolean
  }

  export interface HelloBulkAcksFieldEvent {
    field: '$.bulkAcks'
    value: boolean
  }

  export interface HelloSinceGroupIdFieldEvent {
    field: '$.since[].groupId'
    value: Uint8Array
    index: number
  }

  export interface HelloSinceTimestampFieldEvent {
    field: '$.since[].timestamp'
    value: bigint
    index: number
  }

  export function encode (obj: Partial<Hello>): Uint8Array {
    return encodeMessage(obj, Hello.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Hello {
    return decodeMessage(buf, Hello.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Generator<HelloVersionFieldEvent | HelloStoreIdFieldEvent | HelloMaxPayloadBytesFieldEvent | HelloPendingFieldEvent | HelloPausedFieldEvent | HelloIntervalFieldEvent | HelloSharedGroupFieldEvent | HelloBulkAcksFieldEvent | HelloSinceGroupIdFieldEvent | HelloSinceTimestampFieldEvent> {
    return streamMessage(buf, Hello.codec(), opts)
  }
}

export interface HistorySince {
  groupId: Uint8Array
  timestamp: bigint
}

export namespace HistorySince {
  let _codec: Codec<HistorySince>

  export const codec = (): Codec<HistorySince> => {
    if (_codec == null) {
      _codec = message<HistorySince>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.groupId != null && obj.groupId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.groupId)
        }

        if ((obj.timestamp != null && obj.timestamp !== 0n)) {
          w.uint32(16)
          writeVarint64(w, obj.timestamp)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          timestamp: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.groupId = reader.bytes()
              break
            }
            case 2: {
              obj.timestamp = reader.uint64()
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
                field: `${prefix}.groupId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.timestamp`,
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

  export interface HistorySinceGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array
  }

  export interface HistorySinceTimestampFieldEvent {
    field: '$.timestamp'
    value: bigint
  }

  export function encode (obj: Partial<HistorySince>): Uint8Array {
    return encodeMessage(obj, HistorySince.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HistorySince>): HistorySince {
    return decodeMessage(buf, HistorySince.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HistorySince>): Generator<HistorySinceGroupIdFieldEvent | HistorySinceTimestampFieldEvent> {
    return streamMessage(buf, HistorySince.codec(), opts)
  }
}
