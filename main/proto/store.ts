// Generated from proto/ by `npm run proto`. Do not edit.
// @ts-nocheck
import { writeVarint64 } from '../helpers/varint64.ts';
import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface StoreRequest {
  publish?: StorePublish
  query?: StoreQuery
}

export namespace StoreRequest {
  let _codec: Codec<StoreRequest>

  export const codec = (): Codec<StoreRequest> => {
    if (_codec == null) {
      _codec = message<StoreRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.publish != null) {
          w.uint32(10)
          StorePublish.codec().encode(obj.publish, w)
        }

        if (obj.query != null) {
          w.uint32(18)
          StoreQuery.codec().encode(obj.query, w)
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
              obj.publish = StorePublish.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.publish
              })
              break
            }
            case 2: {
              obj.query = StoreQuery.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.query
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
              yield * StorePublish.codec().stream(reader, reader.uint32(), `${prefix}.publish`, {
                limits: opts.limits?.publish
              })

              break
            }
            case 2: {
              yield * StoreQuery.codec().stream(reader, reader.uint32(), `${prefix}.query`, {
                limits: opts.limits?.query
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

  export interface StoreRequestPublishGroupFieldEvent {
    field: '$.publish.group'
    value: Uint8Array
  }

  export interface StoreRequestPublishMessagesTimestampFieldEvent {
    field: '$.publish.messages[].timestamp'
    value: bigint
    index: number
  }

  export interface StoreRequestPublishMessagesBodyFieldEvent {
    field: '$.publish.messages[].body'
    value: Uint8Array
    index: number
  }

  export interface StoreRequestQueryGroupFieldEvent {
    field: '$.query.group'
    value: Uint8Array
  }

  export interface StoreRequestQueryFromFieldEvent {
    field: '$.query.from'
    value: bigint
  }

  export interface StoreRequestQueryToFieldEvent {
    field: '$.query.to'
    value: bigint
  }

  export interface StoreRequestQueryLimitFieldEvent {
    field: '$.query.limit'
    value: number
  }

  export interface StoreRequestQueryCursorFieldEvent {
    field: '$.query.cursor'
    value: Uint8Array
  }

  export function encode (obj: Partial<StoreRequest>): Uint8Array {
    return encodeMessage(obj, StoreRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoreRequest>): StoreRequest {
    return decodeMessage(buf, StoreRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoreRequest>): Generator<StoreRequestPublishGroupFieldEvent | StoreRequestPublishMessagesTimestampFieldEvent | StoreRequestPublishMessagesBodyFieldEvent | StoreRequestQueryGroupFieldEvent | StoreRequestQueryFromFieldEvent | StoreRequestQueryToFieldEvent | StoreRequestQueryLimitFieldEvent | StoreRequestQueryCursorFieldEvent> {
    return streamMessage(buf, StoreRequest.codec(), opts)
  }
}

export interface StorePublish {
  group: Uint8Array
  messages: StoredBody[]
}

export namespace StorePublish {
  let _codec: Codec<StorePublish>

  export const codec = (): Codec<StorePublish> => {
    if (_codec == null) {
      _codec = message<StorePublish>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.group != null && obj.group.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.group)
        }

        if (obj.messages != null && obj.messages.length > 0) {
          for (const value of obj.messages) {
            w.uint32(18)
            StoredBody.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          group: uint8ArrayAlloc(0),
          messages: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.group = reader.bytes()
              break
            }
            case 2: {
              if (opts.limits?.messages != null && obj.messages.length === opts.limits.messages) {
                throw new MaxLengthError('Decode error - repeated field "messages" had too many elements')
              }

              obj.messages.push(StoredBody.codec().decode(reader, reader.uint32(), {
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
          messages: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.group`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              if (opts.limits?.messages != null && obj.messages === opts.limits.messages) {
                throw new MaxLengthError('Streaming decode error - repeated field "messages" had too many elements')
              }

              for (const evt of StoredBody.codec().stream(reader, reader.uint32(), `${prefix}.messages[]`, {
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

  export interface StorePublishGroupFieldEvent {
    field: '$.group'
    value: Uint8Array
  }

  export interface StorePublishMessagesTimestampFieldEvent {
    field: '$.messages[].timestamp'
    value: bigint
    index: number
  }

  export interface StorePublishMessagesBodyFieldEvent {
    field: '$.messages[].body'
    value: Uint8Array
    index: number
  }

  export function encode (obj: Partial<StorePublish>): Uint8Array {
    return encodeMessage(obj, StorePublish.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StorePublish>): StorePublish {
    return decodeMessage(buf, StorePublish.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StorePublish>): Generator<StorePublishGroupFieldEvent | StorePublishMessagesTimestampFieldEvent | StorePublishMessagesBodyFieldEvent> {
    return streamMessage(buf, StorePublish.codec(), opts)
  }
}

export interface StoredBody {
  timestamp: bigint
  body: Uint8Array
}

export namespace StoredBody {
  let _codec: Codec<StoredBody>

  export const codec = (): Codec<StoredBody> => {
    if (_codec == null) {
      _codec = message<StoredBody>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.timestamp != null && obj.timestamp !== 0n)) {
          w.uint32(8)
          writeVarint64(w, obj.timestamp)
        }

        if ((obj.body != null && obj.body.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.body)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          timestamp: 0n,
          body: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.timestamp = reader.int64()
              break
            }
            case 2: {
              obj.body = reader.bytes()
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
                field: `${prefix}.timestamp`,
                value: reader.int64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.body`,
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

  export interface StoredBodyTimestampFieldEvent {
    field: '$.timestamp'
    value: bigint
  }

  export interface StoredBodyBodyFieldEvent {
    field: '$.body'
    value: Uint8Array
  }

  export function encode (obj: Partial<StoredBody>): Uint8Array {
    return encodeMessage(obj, StoredBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredBody>): StoredBody {
    return decodeMessage(buf, StoredBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredBody>): Generator<StoredBodyTimestampFieldEvent | StoredBodyBodyFieldEvent> {
    return streamMessage(buf, StoredBody.codec(), opts)
  }
}

export interface StoreQuery {
  group: Uint8Array
  from?: bigint
  to?: bigint
  limit: number
  cursor: Uint8Array
}

export namespace StoreQuery {
  let _codec: Codec<StoreQuery>

  export const codec = (): Codec<StoreQuery> => {
    if (_codec == null) {
      _codec = message<StoreQuery>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.group != null && obj.group.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.group)
        }

        if (obj.from != null) {
          w.uint32(16)
          writeVarint64(w, obj.from)
        }

        if (obj.to != null) {
          w.uint32(24)
          writeVarint64(w, obj.to)
        }

        if ((obj.limit != null && obj.limit !== 0)) {
          w.uint32(32)
          w.uint32(obj.limit)
        }

        if ((obj.cursor != null && obj.cursor.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.cursor)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          group: uint8ArrayAlloc(0),
          limit: 0,
          cursor: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.group = reader.bytes()
              break
            }
            case 2: {
              obj.from = reader.int64()
              break
            }
            case 3: {
              obj.to = reader.int64()
              break
            }
            case 4: {
              obj.limit = reader.uint32()
              break
            }
            case 5: {
              obj.cursor = reader.bytes()
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
                field: `${prefix}.group`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.from`,
                value: reader.int64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.to`,
                value: reader.int64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.limit`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.cursor`,
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

  export interface StoreQueryGroupFieldEvent {
    field: '$.group'
    value: Uint8Array
  }

  export interface StoreQueryFromFieldEvent {
    field: '$.from'
    value: bigint
  }

  export interface StoreQueryToFieldEvent {
    field: '$.to'
    value: bigint
  }

  export interface StoreQueryLimitFieldEvent {
    field: '$.limit'
    value: number
  }

  export interface StoreQueryCursorFieldEvent {
    field: '$.cursor'
    value: Uint8Array
  }

  export function encode (obj: Partial<StoreQuery>): Uint8Array {
    return encodeMessage(obj, StoreQuery.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoreQuery>): StoreQuery {
    return decodeMessage(buf, StoreQuery.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoreQuery>): Generator<StoreQueryGroupFieldEvent | StoreQueryFromFieldEvent | StoreQueryToFieldEvent | StoreQueryLimitFieldEvent | StoreQueryCursorFieldEvent> {
    return streamMessage(buf, StoreQuery.codec(), opts)
  }
}

export enum StoreRefusal {
  NOT_REFUSED = 'NOT_REFUSED',
  BAD_REQUEST = 'BAD_REQUEST',
  RATE_LIMITED = 'RATE_LIMITED',
  TOO_MANY_GROUPS = 'TOO_MANY_GROUPS',
  UNAVAILABLE = 'UNAVAILABLE'
}

enum __StoreRefusalValues {
  NOT_REFUSED = 0,
  BAD_REQUEST = 1,
  RATE_LIMITED = 2,
  TOO_MANY_GROUPS = 3,
  UNAVAILABLE = 4
}

export namespace StoreRefusal {
  export const codec = (): Codec<StoreRefusal> => {
    return enumeration<StoreRefusal>(__StoreRefusalValues)
  }
}

export interface StoreReply {
  refusal: StoreRefusal
  text: string
  retryAfterMs: number
  published?: StorePublished
  page?: StorePage
}

export namespace StoreReply {
  let _codec: Codec<StoreReply>

  export const codec = (): Codec<StoreReply> => {
    if (_codec == null) {
      _codec = message<StoreReply>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.refusal != null && __StoreRefusalValues[obj.refusal] !== 0) {
          w.uint32(8)
          StoreRefusal.codec().encode(obj.refusal, w)
        }

        if ((obj.text != null && obj.text !== '')) {
          w.uint32(18)
          w.string(obj.text)
        }

        if ((obj.retryAfterMs != null && obj.retryAfterMs !== 0)) {
          w.uint32(24)
          w.uint32(obj.retryAfterMs)
        }

        if (obj.published != null) {
          w.uint32(34)
          StorePublished.codec().encode(obj.published, w)
        }

        if (obj.page != null) {
          w.uint32(42)
          StorePage.codec().encode(obj.page, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          refusal: StoreRefusal.NOT_REFUSED,
          text: '',
          retryAfterMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.refusal = StoreRefusal.codec().decode(reader)
              break
            }
            case 2: {
              obj.text = reader.string()
              break
            }
            case 3: {
              obj.retryAfterMs = reader.uint32()
              break
            }
            case 4: {
              obj.published = StorePublished.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.published
              })
              break
            }
            case 5: {
              obj.page = StorePage.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.page
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
                field: `${prefix}.refusal`,
                value: StoreRefusal.codec().decode(reader)
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.text`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.retryAfterMs`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield * StorePublished.codec().stream(reader, reader.uint32(), `${prefix}.published`, {
                limits: opts.limits?.published
              })

              break
            }
            case 5: {
              yield * StorePage.codec().stream(reader, reader.uint32(), `${prefix}.page`, {
                limits: opts.limits?.page
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

  export interface StoreReplyRefusalFieldEvent {
    field: '$.refusal'
    value: StoreRefusal
  }

  export interface StoreReplyTextFieldEvent {
    field: '$.text'
    value: string
  }

  export interface StoreReplyRetryAfterMsFieldEvent {
    field: '$.retryAfterMs'
    value: number
  }

  export interface StoreReplyPublishedOutcomesFieldEvent {
    field: '$.published.outcomes[]'
    index: number
    value: PublishOutcome
  }

  export interface StoreReplyPageMessagesTimestampFieldEvent {
    field: '$.page.messages[].timestamp'
    value: bigint
    index: number
  }

  export interface StoreReplyPageMessagesBodyFieldEvent {
    field: '$.page.messages[].body'
    value: Uint8Array
    index: number
  }

  export interface StoreReplyPageCursorFieldEvent {
    field: '$.page.cursor'
    value: Uint8Array
  }

  export interface StoreReplyPageBehindFieldEvent {
    field: '$.page.behind'
    value: number
  }

  export interface StoreReplyPageCountFieldEvent {
    field: '$.page.count'
    value: bigint
  }

  export interface StoreReplyPageFingerprintFieldEvent {
    field: '$.page.fingerprint'
    value: Uint8Array
  }

  export interface StoreReplyPageCompletenessKnowsGroupFieldEvent {
    field: '$.page.completeness.knowsGroup'
    value: boolean
  }

  export interface StoreReplyPageCompletenessKeptFromFieldEvent {
    field: '$.page.completeness.keptFrom'
    value: bigint
  }

  export interface StoreReplyPageCompletenessNeighboursFieldEvent {
    field: '$.page.completeness.neighbours'
    value: number
  }

  export interface StoreReplyPageCompletenessAgreementsPeerFieldEvent {
    field: '$.page.completeness.agreements[].peer'
    value: Uint8Array
    index: number
  }

  export interface StoreReplyPageCompletenessAgreementsAtFieldEvent {
    field: '$.page.completeness.agreements[].at'
    value: bigint
    index: number
  }

  export interface StoreReplyPageCompletenessAgreementsFromFieldEvent {
    field: '$.page.completeness.agreements[].from'
    value: bigint
    index: number
  }

  export interface StoreReplyPageCompletenessAgreementsIsNeighbourFieldEvent {
    field: '$.page.completeness.agreements[].isNeighbour'
    value: boolean
    index: number
  }

  export interface StoreReplyPageCompletenessNowFieldEvent {
    field: '$.page.completeness.now'
    value: bigint
  }

  export function encode (obj: Partial<StoreReply>): Uint8Array {
    return encodeMessage(obj, StoreReply.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoreReply>): StoreReply {
    return decodeMessage(buf, StoreReply.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoreReply>): Generator<StoreReplyRefusalFieldEvent | StoreReplyTextFieldEvent | StoreReplyRetryAfterMsFieldEvent | StoreReplyPublishedOutcomesFieldEvent | StoreReplyPageMessagesTimestampFieldEvent | StoreReplyPageMessagesBodyFieldEvent | StoreReplyPageCursorFieldEvent | StoreReplyPageBehindFieldEvent | StoreReplyPageCountFieldEvent | StoreReplyPageFingerprintFieldEvent | StoreReplyPageCompletenessKnowsGroupFieldEvent | StoreReplyPageCompletenessKeptFromFieldEvent | StoreReplyPageCompletenessNeighboursFieldEvent | StoreReplyPageCompletenessAgreementsPeerFieldEvent | StoreReplyPageCompletenessAgreementsAtFieldEvent | StoreReplyPageCompletenessAgreementsFromFieldEvent | StoreReplyPageCompletenessAgreementsIsNeighbourFieldEvent | StoreReplyPageCompletenessNowFieldEvent> {
    return streamMessage(buf, StoreReply.codec(), opts)
  }
}

export enum PublishOutcome {
  STORED = 'STORED',
  HELD = 'HELD',
  TOO_NEW = 'TOO_NEW',
  TOO_OLD = 'TOO_OLD',
  TOO_LONG = 'TOO_LONG'
}

enum __PublishOutcomeValues {
  STORED = 0,
  HELD = 1,
  TOO_NEW = 2,
  TOO_OLD = 3,
  TOO_LONG = 4
}

export namespace PublishOutcome {
  export const codec = (): Codec<PublishOutcome> => {
    return enumeration<PublishOutcome>(__PublishOutcomeValues)
  }
}

export interface StorePublished {
  outcomes: PublishOutcome[]
}

export namespace StorePublished {
  let _codec: Codec<StorePublished>

  export const codec = (): Codec<StorePublished> => {
    if (_codec == null) {
      _codec = message<StorePublished>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.outcomes != null && obj.outcomes.length > 0) {
          for (const value of obj.outcomes) {
            w.uint32(8)
            PublishOutcome.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          outcomes: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.outcomes != null && obj.outcomes.length === opts.limits.outcomes) {
                throw new MaxLengthError('Decode error - repeated field "outcomes" had too many elements')
              }

              obj.outcomes.push(PublishOutcome.codec().decode(reader))
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
          outcomes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.outcomes != null && obj.outcomes === opts.limits.outcomes) {
                throw new MaxLengthError('Streaming decode error - repeated field "outcomes" had too many elements')
              }

              PublishOutcome.codec().stream(reader)

              obj.outcomes++

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

  export interface StorePublishedOutcomesFieldEvent {
    field: '$.outcomes[]'
    index: number
    value: PublishOutcome
  }

  export function encode (obj: Partial<StorePublished>): Uint8Array {
    return encodeMessage(obj, StorePublished.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StorePublished>): StorePublished {
    return decodeMessage(buf, StorePublished.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StorePublished>): Generator<StorePublishedOutcomesFieldEvent> {
    return streamMessage(buf, StorePublished.codec(), opts)
  }
}

export interface StorePage {
  messages: StoredBody[]
  cursor: Uint8Array
  behind: number
  count: bigint
  fingerprint: Uint8Array
  completeness?: Completeness
}

export namespace StorePage {
  let _codec: Codec<StorePage>

  export const codec = (): Codec<StorePage> => {
    if (_codec == null) {
      _codec = message<StorePage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.messages != null && obj.messages.length > 0) {
          for (const value of obj.messages) {
            w.uint32(10)
            StoredBody.codec().encode(value, w)
          }
        }

        if ((obj.cursor != null && obj.cursor.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.cursor)
        }

        if ((obj.behind != null && obj.behind !== 0)) {
          w.uint32(24)
          w.uint32(obj.behind)
        }

        if ((obj.count != null && obj.count !== 0n)) {
          w.uint32(32)
          writeVarint64(w, obj.count)
        }

        if ((obj.fingerprint != null && obj.fingerprint.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.fingerprint)
        }

        if (obj.completeness != null) {
          w.uint32(50)
          Completeness.codec().encode(obj.completeness, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          messages: [],
          cursor: uint8ArrayAlloc(0),
          behind: 0,
          count: 0n,
          fingerprint: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.messages != null && obj.messages.length === opts.limits.messages) {
                throw new MaxLengthError('Decode error - repeated field "messages" had too many elements')
              }

              obj.messages.push(StoredBody.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.messages$
              }))
              break
            }
            case 2: {
              obj.cursor = reader.bytes()
              break
            }
            case 3: {
              obj.behind = reader.uint32()
              break
            }
            case 4: {
              obj.count = reader.uint64()
              break
            }
            case 5: {
              obj.fingerprint = reader.bytes()
              break
            }
            case 6: {
              obj.completeness = Completeness.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.completeness
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
        const obj = {
          messages: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.messages != null && obj.messages === opts.limits.messages) {
                throw new MaxLengthError('Streaming decode error - repeated field "messages" had too many elements')
              }

              for (const evt of StoredBody.codec().stream(reader, reader.uint32(), `${prefix}.messages[]`, {
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
            case 2: {
              yield {
                field: `${prefix}.cursor`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.behind`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.count`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.fingerprint`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield * Completeness.codec().stream(reader, reader.uint32(), `${prefix}.completeness`, {
                limits: opts.limits?.completeness
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

  export interface StorePageMessagesTimestampFieldEvent {
    field: '$.messages[].timestamp'
    value: bigint
    index: number
  }

  export interface StorePageMessagesBodyFieldEvent {
    field: '$.messages[].body'
    value: Uint8Array
    index: number
  }

  export interface StorePageCursorFieldEvent {
    field: '$.cursor'
    value: Uint8Array
  }

  export interface StorePageBehindFieldEvent {
    field: '$.behind'
    value: number
  }

  export interface StorePageCountFieldEvent {
    field: '$.count'
    value: bigint
  }

  export interface StorePageFingerprintFieldEvent {
    field: '$.fingerprint'
    value: Uint8Array
  }

  export interface StorePageCompletenessKnowsGroupFieldEvent {
    field: '$.completeness.knowsGroup'
    value: boolean
  }

  export interface StorePageCompletenessKeptFromFieldEvent {
    field: '$.completeness.keptFrom'
    value: bigint
  }

  export interface StorePageCompletenessNeighboursFieldEvent {
    field: '$.completeness.neighbours'
    value: number
  }

  export interface StorePageCompletenessAgreementsPeerFieldEvent {
    field: '$.completeness.agreements[].peer'
    value: Uint8Array
    index: number
  }

  export interface StorePageCompletenessAgreementsAtFieldEvent {
    field: '$.completeness.agreements[].at'
    value: bigint
    index: number
  }

  export interface StorePageCompletenessAgreementsFromFieldEvent {
    field: '$.completeness.agreements[].from'
    value: bigint
    index: number
  }

  export interface StorePageCompletenessAgreementsIsNeighbourFieldEvent {
    field: '$.completeness.agreements[].isNeighbour'
    value: boolean
    index: number
  }

  export interface StorePageCompletenessNowFieldEvent {
    field: '$.completeness.now'
    value: bigint
  }

  export function encode (obj: Partial<StorePage>): Uint8Array {
    return encodeMessage(obj, StorePage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StorePage>): StorePage {
    return decodeMessage(buf, StorePage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StorePage>): Generator<StorePageMessagesTimestampFieldEvent | StorePageMessagesBodyFieldEvent | StorePageCursorFieldEvent | StorePageBehindFieldEvent | StorePageCountFieldEvent | StorePageFingerprintFieldEvent | StorePageCompletenessKnowsGroupFieldEvent | StorePageCompletenessKeptFromFieldEvent | StorePageCompletenessNeighboursFieldEvent | StorePageCompletenessAgreementsPeerFieldEvent | StorePageCompletenessAgreementsAtFieldEvent | StorePageCompletenessAgreementsFromFieldEvent | StorePageCompletenessAgreementsIsNeighbourFieldEvent | StorePageCompletenessNowFieldEvent> {
    return streamMessage(buf, StorePage.codec(), opts)
  }
}

export interface Completeness {
  knowsGroup: boolean
  keptFrom?: bigint
  neighbours: number
  agreements: Agreement[]
  now: bigint
}

export namespace Completeness {
  let _codec: Codec<Completeness>

  export const codec = (): Codec<Completeness> => {
    if (_codec == null) {
      _codec = message<Completeness>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.knowsGroup != null && obj.knowsGroup !== false)) {
          w.uint32(8)
          w.bool(obj.knowsGroup)
        }

        if (obj.keptFrom != null) {
          w.uint32(16)
          writeVarint64(w, obj.keptFrom)
        }

        if ((obj.neighbours != null && obj.neighbours !== 0)) {
          w.uint32(24)
          w.uint32(obj.neighbours)
        }

        if (obj.agreements != null && obj.agreements.length > 0) {
          for (const value of obj.agreements) {
            w.uint32(34)
            Agreement.codec().encode(value, w)
          }
        }

        if ((obj.now != null && obj.now !== 0n)) {
          w.uint32(40)
          writeVarint64(w, obj.now)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          knowsGroup: false,
          neighbours: 0,
          agreements: [],
          now: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.knowsGroup = reader.bool()
              break
            }
            case 2: {
              obj.keptFrom = reader.int64()
              break
            }
            case 3: {
              obj.neighbours = reader.uint32()
              break
            }
            case 4: {
              if (opts.limits?.agreements != null && obj.agreements.length === opts.limits.agreements) {
                throw new MaxLengthError('Decode error - repeated field "agreements" had too many elements')
              }

              obj.agreements.push(Agreement.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.agreements$
              }))
              break
            }
            case 5: {
              obj.now = reader.int64()
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
          agreements: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.knowsGroup`,
                value: reader.bool()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.keptFrom`,
                value: reader.int64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.neighbours`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              if (opts.limits?.agreements != null && obj.agreements === opts.limits.agreements) {
                throw new MaxLengthError('Streaming decode error - repeated field "agreements" had too many elements')
              }

              for (const evt of Agreement.codec().stream(reader, reader.uint32(), `${prefix}.agreements[]`, {
                limits: opts.limits?.agreements$
              })) {
                yield {
                  ...evt,
                  index: obj.agreements
                }
              }

              obj.agreements++

              break
            }
            case 5: {
              yield {
                field: `${prefix}.now`,
                value: reader.int64()
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

  export interface CompletenessKnowsGroupFieldEvent {
    field: '$.knowsGroup'
    value: boolean
  }

  export interface CompletenessKeptFromFieldEvent {
    field: '$.keptFrom'
    value: bigint
  }

  export interface CompletenessNeighboursFieldEvent {
    field: '$.neighbours'
    value: number
  }

  export interface CompletenessAgreementsPeerFieldEvent {
    field: '$.agreements[].peer'
    value: Uint8Array
    index: number
  }

  export interface CompletenessAgreementsAtFieldEvent {
    field: '$.agreements[].at'
    value: bigint
    index: number
  }

  export interface CompletenessAgreementsFromFieldEvent {
    field: '$.agreements[].from'
    value: bigint
    index: number
  }

  export interface CompletenessAgreementsIsNeighbourFieldEvent {
    field: '$.agreements[].isNeighbour'
    value: boolean
    index: number
  }

  export interface CompletenessNowFieldEvent {
    field: '$.now'
    value: bigint
  }

  export function encode (obj: Partial<Completeness>): Uint8Array {
    return encodeMessage(obj, Completeness.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Completeness>): Completeness {
    return decodeMessage(buf, Completeness.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Completeness>): Generator<CompletenessKnowsGroupFieldEvent | CompletenessKeptFromFieldEvent | CompletenessNeighboursFieldEvent | CompletenessAgreementsPeerFieldEvent | CompletenessAgreementsAtFieldEvent | CompletenessAgreementsFromFieldEvent | CompletenessAgreementsIsNeighbourFieldEvent | CompletenessNowFieldEvent> {
    return streamMessage(buf, Completeness.codec(), opts)
  }
}

export interface Agreement {
  peer: Uint8Array
  at: bigint
  from?: bigint
  isNeighbour: boolean
}

export namespace Agreement {
  let _codec: Codec<Agreement>

  export const codec = (): Codec<Agreement> => {
    if (_codec == null) {
      _codec = message<Agreement>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peer != null && obj.peer.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.peer)
        }

        if ((obj.at != null && obj.at !== 0n)) {
          w.uint32(16)
          writeVarint64(w, obj.at)
        }

        if (obj.from != null) {
          w.uint32(24)
          writeVarint64(w, obj.from)
        }

        if ((obj.isNeighbour != null && obj.isNeighbour !== false)) {
          w.uint32(32)
          w.bool(obj.isNeighbour)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peer: uint8ArrayAlloc(0),
          at: 0n,
          isNeighbour: false
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
              obj.at = reader.int64()
              break
            }
            case 3: {
              obj.from = reader.int64()
              break
            }
            case 4: {
              obj.isNeighbour = reader.bool()
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
                field: `${prefix}.at`,
                value: reader.int64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.from`,
                value: reader.int64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.isNeighbour`,
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

  export interface AgreementPeerFieldEvent {
    field: '$.peer'
    value: Uint8Array
  }

  export interface AgreementAtFieldEvent {
    field: '$.at'
    value: bigint
  }

  export interface AgreementFromFieldEvent {
    field: '$.from'
    value: bigint
  }

  export interface AgreementIsNeighbourFieldEvent {
    field: '$.isNeighbour'
    value: boolean
  }

  export function encode (obj: Partial<Agreement>): Uint8Array {
    return encodeMessage(obj, Agreement.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Agreement>): Agreement {
    return decodeMessage(buf, Agreement.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Agreement>): Generator<AgreementPeerFieldEvent | AgreementAtFieldEvent | AgreementFromFieldEvent | AgreementIsNeighbourFieldEvent> {
    return streamMessage(buf, Agreement.codec(), opts)
  }
}
