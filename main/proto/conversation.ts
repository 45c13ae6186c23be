// Generated from proto/ by `npm run proto`. Do not edit.
// @ts-nocheck
import { writeVarint64 } from '../helpers/varint64.ts';
import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Event {
  nonce: Uint8Array
  author: Uint8Array
  order: bigint
  textWritten?: TextWritten
  conversationNamed?: ConversationNamed
}

export namespace Event {
  let _codec: Codec<Event>

  export const codec = (): Codec<Event> => {
    if (_codec == null) {
      _codec = message<Event>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.nonce)
        }

        if ((obj.author != null && obj.author.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.author)
        }

        if ((obj.order != null && obj.order !== 0n)) {
          w.uint32(24)
          writeVarint64(w, obj.order)
        }

        if (obj.textWritten != null) {
          w.uint32(82)
          TextWritten.codec().encode(obj.textWritten, w)
        }

        if (obj.conversationNamed != null) {
          w.uint32(90)
          ConversationNamed.codec().encode(obj.conversationNamed, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          nonce: uint8ArrayAlloc(0),
          author: uint8ArrayAlloc(0),
          order: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.nonce = reader.bytes()
              break
            }
            case 2: {
              obj.author = reader.bytes()
              break
            }
            case 3: {
              obj.order = reader.uint64()
              break
            }
            case 10: {
              obj.textWritten = TextWritten.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.textWritten
              })
              break
            }
            case 11: {
              obj.conversationNamed = ConversationNamed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.conversationNamed
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
                field: `${prefix}.nonce`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.author`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.order`,
                value: reader.uint64()
              }
              break
            }
            case 10: {
              yield * TextWritten.codec().stream(reader, reader.uint32(), `${prefix}.textWritten`, {
                limits: opts.limits?.textWritten
              })

              break
            }
            case 11: {
              yield * ConversationNamed.codec().stream(reader, reader.uint32(), `${prefix}.conversationNamed`, {
                limits: opts.limits?.conversationNamed
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

  export interface EventNonceFieldEvent {
    field: '$.nonce'
    value: Uint8Array
  }

  export interface EventAuthorFieldEvent {
    field: '$.author'
    value: Uint8Array
  }

  export interface EventOrderFieldEvent {
    field: '$.order'
    value: bigint
  }

  export interface EventTextWrittenConversationIdFieldEvent {
    field: '$.textWritten.conversationId'
    value: Uint8Array
  }

  export interface EventTextWrittenTextFieldEvent {
    field: '$.textWritten.text'
    value: string
  }

  export interface EventConversationNamedConversationIdFieldEvent {
    field: '$.conversationNamed.conversationId'
    value: Uint8Array
  }

  export interface EventConversationNamedNameFieldEvent {
    field: '$.conversationNamed.name'
    value: string
  }

  export function encode (obj: Partial<Event>): Uint8Array {
    return encodeMessage(obj, Event.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Event>): Event {
    return decodeMessage(buf, Event.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Event>): Generator<EventNonceFieldEvent | EventAuthorFieldEvent | EventOrderFieldEvent | EventTextWrittenConversationIdFieldEvent | EventTextWrittenTextFieldEvent | EventConversationNamedConversationIdFieldEvent | EventConversationNamedNameFieldEvent> {
    return streamMessage(buf, Event.codec(), opts)
  }
}

export interface TextWritten {
  conversationId: Uint8Array
  text: string
}

export namespace TextWritten {
  let _codec: Codec<TextWritten>

  export const codec = (): Codec<TextWritten> => {
    if (_codec == null) {
      _codec = message<TextWritten>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.conversationId != null && obj.conversationId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.conversationId)
        }

        if ((obj.text != null && obj.text !== '')) {
          w.uint32(18)
          w.string(obj.text)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          conversationId: uint8ArrayAlloc(0),
          text: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.conversationId = reader.bytes()
              break
            }
            case 2: {
              obj.text = reader.string()
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
                field: `${prefix}.conversationId`,
                value: reader.bytes()
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

  export interface TextWrittenConversationIdFieldEvent {
    field: '$.conversationId'
    value: Uint8Array
  }

  export interface TextWrittenTextFieldEvent {
    field: '$.text'
    value: string
  }

  export function encode (obj: Partial<TextWritten>): Uint8Array {
    return encodeMessage(obj, TextWritten.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TextWritten>): TextWritten {
    return decodeMessage(buf, TextWritten.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TextWritten>): Generator<TextWrittenConversationIdFieldEvent | TextWrittenTextFieldEvent> {
    return streamMessage(buf, TextWritten.codec(), opts)
  }
}

export interface ConversationNamed {
  conversationId: Uint8Array
  name: string
}

export namespace ConversationNamed {
  let _codec: Codec<ConversationNamed>

  export const codec = (): Codec<ConversationNamed> => {
    if (_codec == null) {
      _codec = message<ConversationNamed>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.conversationId != null && obj.conversationId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.conversationId)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(18)
          w.string(obj.name)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          conversationId: uint8ArrayAlloc(0),
          name: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.conversationId = reader.bytes()
              break
            }
            case 2: {
              obj.name = reader.string()
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
                field: `${prefix}.conversationId`,
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

  export interface ConversationNamedConversationIdFieldEvent {
    field: '$.conversationId'
    value: Uint8Array
  }

  export interface ConversationNamedNameFieldEvent {
    field: '$.name'
    value: string
  }

  export function encode (obj: Partial<ConversationNamed>): Uint8Array {
    return encodeMessage(obj, ConversationNamed.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConversationNamed>): ConversationNamed {
    return decodeMessage(buf, ConversationNamed.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConversationNamed>): Generator<ConversationNamedConversationIdFieldEvent | ConversationNamedNameFieldEvent> {
    return streamMessage(buf, ConversationNamed.codec(), opts)
  }
}
