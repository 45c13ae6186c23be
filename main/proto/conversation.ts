// Generated from proto/ by `npm run proto`. Do not edit.
// @ts-nocheck
import { writeVarint64 } from '../helpers/varint64.ts';
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Event {
  author: Uint8Array
  order?: bigint
  authorPlace?: number
  conversationId: Uint8Array
  textWritten?: TextWritten
  conversationNamed?: ConversationNamed
  textEdited?: TextEdited
  messageDeleted?: MessageDeleted
  messagePinned?: MessagePinned
  reaction?: Reaction
  conversationArchived?: ConversationArchived
  conversationAppearance?: ConversationAppearance
  readUpTo?: ReadUpTo
  draft?: Draft
  conversationPinned?: ConversationPinned
  fileParts?: FileParts
  fileAbandoned?: FileAbandoned
}

export namespace Event {
  let _codec: Codec<Event>

  export const codec = (): Codec<Event> => {
    if (_codec == null) {
      _codec = message<Event>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.author != null && obj.author.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.author)
        }

        if (obj.order != null) {
          w.uint32(24)
          writeVarint64(w, obj.order)
        }

        if (obj.authorPlace != null) {
          w.uint32(40)
          w.uint32(obj.authorPlace)
        }

        if ((obj.conversationId != null && obj.conversationId.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.conversationId)
        }

        if (obj.textWritten != null) {
          w.uint32(82)
          TextWritten.codec().encode(obj.textWritten, w)
        }

        if (obj.conversationNamed != null) {
          w.uint32(90)
          ConversationNamed.codec().encode(obj.conversationNamed, w)
        }

        if (obj.textEdited != null) {
          w.uint32(98)
          TextEdited.codec().encode(obj.textEdited, w)
        }

        if (obj.messageDeleted != null) {
          w.uint32(106)
          MessageDeleted.codec().encode(obj.messageDeleted, w)
        }

        if (obj.messagePinned != null) {
          w.uint32(114)
          MessagePinned.codec().encode(obj.messagePinned, w)
        }

        if (obj.reaction != null) {
          w.uint32(122)
          Reaction.codec().encode(obj.reaction, w)
        }

        if (obj.conversationArchived != null) {
          w.uint32(130)
          ConversationArchived.codec().encode(obj.conversationArchived, w)
        }

        if (obj.conversationAppearance != null) {
          w.uint32(138)
          ConversationAppearance.codec().encode(obj.conversationAppearance, w)
        }

        if (obj.readUpTo != null) {
          w.uint32(146)
          ReadUpTo.codec().encode(obj.readUpTo, w)
        }

        if (obj.draft != null) {
          w.uint32(154)
          Draft.codec().encode(obj.draft, w)
        }

        if (obj.conversationPinned != null) {
          w.uint32(162)
          ConversationPinned.codec().encode(obj.conversationPinned, w)
        }

        if (obj.fileParts != null) {
          w.uint32(170)
          FileParts.codec().encode(obj.fileParts, w)
        }

        if (obj.fileAbandoned != null) {
          w.uint32(178)
          FileAbandoned.codec().encode(obj.fileAbandoned, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          author: uint8ArrayAlloc(0),
          conversationId: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 2: {
              obj.author = reader.bytes()
              break
            }
            case 3: {
              obj.order = reader.uint64()
              break
            }
            case 5: {
              obj.authorPlace = reader.uint32()
              break
            }
            case 4: {
              obj.conversationId = reader.bytes()
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
            case 12: {
              obj.textEdited = TextEdited.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.textEdited
              })
              break
            }
            case 13: {
              obj.messageDeleted = MessageDeleted.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.messageDeleted
              })
              break
            }
            case 14: {
              obj.messagePinned = MessagePinned.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.messagePinned
              })
              break
            }
            case 15: {
              obj.reaction = Reaction.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.reaction
              })
              break
            }
            case 16: {
              obj.conversationArchived = ConversationArchived.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.conversationArchived
              })
              break
            }
            case 17: {
              obj.conversationAppearance = ConversationAppearance.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.conversationAppearance
              })
              break
            }
            case 18: {
              obj.readUpTo = ReadUpTo.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.readUpTo
              })
              break
            }
            case 19: {
              obj.draft = Draft.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.draft
              })
              break
            }
            case 20: {
              obj.conversationPinned = ConversationPinned.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.conversationPinned
              })
              break
            }
            case 21: {
              obj.fileParts = FileParts.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.fileParts
              })
              break
            }
            case 22: {
              obj.fileAbandoned = FileAbandoned.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.fileAbandoned
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
            case 5: {
              yield {
                field: `${prefix}.authorPlace`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.conversationId`,
                value: reader.bytes()
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
            case 12: {
              yield * TextEdited.codec().stream(reader, reader.uint32(), `${prefix}.textEdited`, {
                limits: opts.limits?.textEdited
              })

              break
            }
            case 13: {
              yield * MessageDeleted.codec().stream(reader, reader.uint32(), `${prefix}.messageDeleted`, {
                limits: opts.limits?.messageDeleted
              })

              break
            }
            case 14: {
              yield * MessagePinned.codec().stream(reader, reader.uint32(), `${prefix}.messagePinned`, {
                limits: opts.limits?.messagePinned
              })

              break
            }
            case 15: {
              yield * Reaction.codec().stream(reader, reader.uint32(), `${prefix}.reaction`, {
                limits: opts.limits?.reaction
              })

              break
            }
            case 16: {
              yield * ConversationArchived.codec().stream(reader, reader.uint32(), `${prefix}.conversationArchived`, {
                limits: opts.limits?.conversationArchived
              })

              break
            }
            case 17: {
              yield * ConversationAppearance.codec().stream(reader, reader.uint32(), `${prefix}.conversationAppearance`, {
                limits: opts.limits?.conversationAppearance
              })

              break
            }
            case 18: {
              yield * ReadUpTo.codec().stream(reader, reader.uint32(), `${prefix}.readUpTo`, {
                limits: opts.limits?.readUpTo
              })

              break
            }
            case 19: {
              yield * Draft.codec().stream(reader, reader.uint32(), `${prefix}.draft`, {
                limits: opts.limits?.draft
              })

              break
            }
            case 20: {
              yield * ConversationPinned.codec().stream(reader, reader.uint32(), `${prefix}.conversationPinned`, {
                limits: opts.limits?.conversationPinned
              })

              break
            }
            case 21: {
              yield * FileParts.codec().stream(reader, reader.uint32(), `${prefix}.fileParts`, {
                limits: opts.limits?.fileParts
              })

              break
            }
            case 22: {
              yield * FileAbandoned.codec().stream(reader, reader.uint32(), `${prefix}.fileAbandoned`, {
                limits: opts.limits?.fileAbandoned
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

  export interface EventAuthorFieldEvent {
    field: '$.author'
    value: Uint8Array
  }

  export interface EventOrderFieldEvent {
    field: '$.order'
    value: bigint
  }

  export interface EventAuthorPlaceFieldEvent {
    field: '$.authorPlace'
    value: number
  }

  export interface EventConversationIdFieldEvent {
    field: '$.conversationId'
    value: Uint8Array
  }

  export interface EventTextWrittenConversationIdFieldEvent {
    field: '$.textWritten.conversationId'
    value: Uint8Array
  }

  export interface EventTextWrittenTextFieldEvent {
    field: '$.textWritten.text'
    value: string
  }

  export interface EventTextWrittenAttachmentsFileFieldEvent {
    field: '$.textWritten.attachments[].file'
    value: Uint8Array
    index: number
  }

  export interface EventTextWrittenAttachmentsNameFieldEvent {
    field: '$.textWritten.attachments[].name'
    value: string
    index: number
  }

  export interface EventTextWrittenAttachmentsMediaTypeFieldEvent {
    field: '$.textWritten.attachments[].mediaType'
    value: string
    index: number
  }

  export interface EventTextWrittenAttachmentsBytesFieldEvent {
    field: '$.textWritten.attachments[].bytes'
    value: bigint
    index: number
  }

  export interface EventTextWrittenAttachmentsStoredAtFieldEvent {
    field: '$.textWritten.attachments[].storedAt'
    value: bigint
    index: number
  }

  export interface EventTextWrittenAttachmentsPartsFieldEvent {
    field: '$.textWritten.attachments[].parts'
    value: Uint8Array
    index: number
  }

  export interface EventTextWrittenAttachmentsListsFieldEvent {
    field: '$.textWritten.attachments[].lists'
    value: Uint8Array
    index: number
  }

  export interface EventConversationNamedConversationIdFieldEvent {
    field: '$.conversationNamed.conversationId'
    value: Uint8Array
  }

  export interface EventConversationNamedNameFieldEvent {
    field: '$.conversationNamed.name'
    value: string
  }

  export interface EventTextEditedTargetFieldEvent {
    field: '$.textEdited.target'
    value: Uint8Array
  }

  export interface EventTextEditedTextFieldEvent {
    field: '$.textEdited.text'
    value: string
  }

  export interface EventMessageDeletedTargetFieldEvent {
    field: '$.messageDeleted.target'
    value: Uint8Array
  }

  export interface EventMessageDeletedOrderFieldEvent {
    field: '$.messageDeleted.order'
    value: bigint
  }

  export interface EventMessageDeletedAuthorFieldEvent {
    field: '$.messageDeleted.author'
    value: Uint8Array
  }

  export interface EventMessageDeletedTimestampFieldEvent {
    field: '$.messageDeleted.timestamp'
    value: bigint
  }

  export interface EventMessageDeletedAttachmentsFileFieldEvent {
    field: '$.messageDeleted.attachments[].file'
    value: Uint8Array
    index: number
  }

  export interface EventMessageDeletedAttachmentsNameFieldEvent {
    field: '$.messageDeleted.attachments[].name'
    value: string
    index: number
  }

  export interface EventMessageDeletedAttachmentsMediaTypeFieldEvent {
    field: '$.messageDeleted.attachments[].mediaType'
    value: string
    index: number
  }

  export interface EventMessageDeletedAttachmentsBytesFieldEvent {
    field: '$.messageDeleted.attachments[].bytes'
    value: bigint
    index: number
  }

  export interface EventMessageDeletedAttachmentsStoredAtFieldEvent {
    field: '$.messageDeleted.attachments[].storedAt'
    value: bigint
    index: number
  }

  export interface EventMessageDeletedAttachmentsPartsFieldEvent {
    field: '$.messageDeleted.attachments[].parts'
    value: Uint8Array
    index: number
  }

  export interface EventMessageDeletedAttachmentsListsFieldEvent {
    field: '$.messageDeleted.attachments[].lists'
    value: Uint8Array
    index: number
  }

  export interface EventMessagePinnedTargetFieldEvent {
    field: '$.messagePinned.target'
    value: Uint8Array
  }

  export interface EventMessagePinnedPinnedFieldEvent {
    field: '$.messagePinned.pinned'
    value: boolean
  }

  export interface EventReactionTargetFieldEvent {
    field: '$.reaction.target'
    value: Uint8Array
  }

  export interface EventReactionEmojiFieldEvent {
    field: '$.reaction.emoji'
    value: string
  }

  export interface EventReactionOnFieldEvent {
    field: '$.reaction.on'
    value: boolean
  }

  export interface EventConversationArchivedArchivedFieldEvent {
    field: '$.conversationArchived.archived'
    value: boolean
  }

  export interface EventConversationAppearanceEmojiFieldEvent {
    field: '$.conversationAppearance.emoji'
    value: string
  }

  export interface EventConversationAppearanceColourFieldEvent {
    field: '$.conversationAppearance.colour'
    value: string
  }

  export interface EventReadUpToOrderFieldEvent {
    field: '$.readUpTo.order'
    value: bigint
  }

  export interface EventReadUpToMessageFieldEvent {
    field: '$.readUpTo.message'
    value: Uint8Array
  }

  export interface EventDraftTextFieldEvent {
    field: '$.draft.text'
    value: string
  }

  export interface EventDraftEditedAtFieldEvent {
    field: '$.draft.editedAt'
    value: bigint
  }

  export interface EventConversationPinnedPinnedFieldEvent {
    field: '$.conversationPinned.pinned'
    value: boolean
  }

  export interface EventFilePartsPartsFieldEvent {
    field: '$.fileParts.parts'
    value: Uint8Array
  }

  export interface EventFileAbandonedStoredAtFieldEvent {
    field: '$.fileAbandoned.storedAt'
    value: bigint
  }

  export interface EventFileAbandonedPartsFieldEvent {
    field: '$.fileAbandoned.parts'
    value: Uint8Array
  }

  export function encode (obj: Partial<Event>): Uint8Array {
    return encodeMessage(obj, Event.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Event>): Event {
    return decodeMessage(buf, Event.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Event>): Generator<EventAuthorFieldEvent | EventOrderFieldEvent | EventAuthorPlaceFieldEvent | EventConversationIdFieldEvent | EventTextWrittenConversationIdFieldEvent | EventTextWrittenTextFieldEvent | EventTextWrittenAttachmentsFileFieldEvent | EventTextWrittenAttachmentsNameFieldEvent | EventTextWrittenAttachmentsMediaTypeFieldEvent | EventTextWrittenAttachmentsBytesFieldEvent | EventTextWrittenAttachmentsStoredAtFieldEvent | EventTextWrittenAttachmentsPartsFieldEvent | EventTextWrittenAttachmentsListsFieldEvent | EventConversationNamedConversationIdFieldEvent | EventConversationNamedNameFieldEvent | EventTextEditedTargetFieldEvent | EventTextEditedTextFieldEvent | EventMessageDeletedTargetFieldEvent | EventMessageDeletedOrderFieldEvent | EventMessageDeletedAuthorFieldEvent | EventMessageDeletedTimestampFieldEvent | EventMessageDeletedAttachmentsFileFieldEvent | EventMessageDeletedAttachmentsNameFieldEvent | EventMessageDeletedAttachmentsMediaTypeFieldEvent | EventMessageDeletedAttachmentsBytesFieldEvent | EventMessageDeletedAttachmentsStoredAtFieldEvent | EventMessageDeletedAttachmentsPartsFieldEvent | EventMessageDeletedAttachmentsListsFieldEvent | EventMessagePinnedTargetFieldEvent | EventMessagePinnedPinnedFieldEvent | EventReactionTargetFieldEvent | EventReactionEmojiFieldEvent | EventReactionOnFieldEvent | EventConversationArchivedArchivedFieldEvent | EventConversationAppearanceEmojiFieldEvent | EventConversationAppearanceColourFieldEvent | EventReadUpToOrderFieldEvent | EventReadUpToMessageFieldEvent | EventDraftTextFieldEvent | EventDraftEditedAtFieldEvent | EventConversationPinnedPinnedFieldEvent | EventFilePartsPartsFieldEvent | EventFileAbandonedStoredAtFieldEvent | EventFileAbandonedPartsFieldEvent> {
    return streamMessage(buf, Event.codec(), opts)
  }
}

export interface TextWritten {
  conversationId: Uint8Array
  text: string
  attachments: Attachment[]
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

        if (obj.attachments != null && obj.attachments.length > 0) {
          for (const value of obj.attachments) {
            w.uint32(26)
            Attachment.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          conversationId: uint8ArrayAlloc(0),
          text: '',
          attachments: []
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
            case 3: {
              if (opts.limits?.attachments != null && obj.attachments.length === opts.limits.attachments) {
                throw new MaxLengthError('Decode error - repeated field "attachments" had too many elements')
              }

              obj.attachments.push(Attachment.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.attachments$
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
          attachments: 0
        }

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
            case 3: {
              if (opts.limits?.attachments != null && obj.attachments === opts.limits.attachments) {
                throw new MaxLengthError('Streaming decode error - repeated field "attachments" had too many elements')
              }

              for (const evt of Attachment.codec().stream(reader, reader.uint32(), `${prefix}.attachments[]`, {
                limits: opts.limits?.attachments$
              })) {
                yield {
                  ...evt,
                  index: obj.attachments
                }
              }

              obj.attachments++

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

  export interface TextWrittenAttachmentsFileFieldEvent {
    field: '$.attachments[].file'
    value: Uint8Array
    index: number
  }

  export interface TextWrittenAttachmentsNameFieldEvent {
    field: '$.attachments[].name'
    value: string
    index: number
  }

  export interface TextWrittenAttachmentsMediaTypeFieldEvent {
    field: '$.attachments[].mediaType'
    value: string
    index: number
  }

  export interface TextWrittenAttachmentsBytesFieldEvent {
    field: '$.attachments[].bytes'
    value: bigint
    index: number
  }

  export interface TextWrittenAttachmentsStoredAtFieldEvent {
    field: '$.attachments[].storedAt'
    value: bigint
    index: number
  }

  export interface TextWrittenAttachmentsPartsFieldEvent {
    field: '$.attachments[].parts'
    value: Uint8Array
    index: number
  }

  export interface TextWrittenAttachmentsListsFieldEvent {
    field: '$.attachments[].lists'
    value: Uint8Array
    index: number
  }

  export function encode (obj: Partial<TextWritten>): Uint8Array {
    return encodeMessage(obj, TextWritten.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TextWritten>): TextWritten {
    return decodeMessage(buf, TextWritten.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TextWritten>): Generator<TextWrittenConversationIdFieldEvent | TextWrittenTextFieldEvent | TextWrittenAttachmentsFileFieldEvent | TextWrittenAttachmentsNameFieldEvent | TextWrittenAttachmentsMediaTypeFieldEvent | TextWrittenAttachmentsBytesFieldEvent | TextWrittenAttachmentsStoredAtFieldEvent | TextWrittenAttachmentsPartsFieldEvent | TextWrittenAttachmentsListsFieldEvent> {
    return streamMessage(buf, TextWritten.codec(), opts)
  }
}

export interface Attachment {
  file: Uint8Array
  name: string
  mediaType: string
  bytes: bigint
  storedAt: bigint
  parts: Uint8Array
  lists: Uint8Array
}

export namespace Attachment {
  let _codec: Codec<Attachment>

  export const codec = (): Codec<Attachment> => {
    if (_codec == null) {
      _codec = message<Attachment>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.file != null && obj.file.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.file)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(18)
          w.string(obj.name)
        }

        if ((obj.mediaType != null && obj.mediaType !== '')) {
          w.uint32(26)
          w.string(obj.mediaType)
        }

        if ((obj.bytes != null && obj.bytes !== 0n)) {
          w.uint32(32)
          writeVarint64(w, obj.bytes)
        }

        if ((obj.storedAt != null && obj.storedAt !== 0n)) {
          w.uint32(40)
          writeVarint64(w, obj.storedAt)
        }

        if ((obj.parts != null && obj.parts.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.parts)
        }

        if ((obj.lists != null && obj.lists.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.lists)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          file: uint8ArrayAlloc(0),
          name: '',
          mediaType: '',
          bytes: 0n,
          storedAt: 0n,
          parts: uint8ArrayAlloc(0),
          lists: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.file = reader.bytes()
              break
            }
            case 2: {
              obj.name = reader.string()
              break
            }
            case 3: {
              obj.mediaType = reader.string()
              break
            }
            case 4: {
              obj.bytes = reader.uint64()
              break
            }
            case 5: {
              obj.storedAt = reader.uint64()
              break
            }
            case 6: {
              obj.parts = reader.bytes()
              break
            }
            case 7: {
              obj.lists = reader.bytes()
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
                field: `${prefix}.file`,
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
                field: `${prefix}.mediaType`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.bytes`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.storedAt`,
                value: reader.uint64()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.parts`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.lists`,
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

  export interface AttachmentFileFieldEvent {
    field: '$.file'
    value: Uint8Array
  }

  export interface AttachmentNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface AttachmentMediaTypeFieldEvent {
    field: '$.mediaType'
    value: string
  }

  export interface AttachmentBytesFieldEvent {
    field: '$.bytes'
    value: bigint
  }

  export interface AttachmentStoredAtFieldEvent {
    field: '$.storedAt'
    value: bigint
  }

  export interface AttachmentPartsFieldEvent {
    field: '$.parts'
    value: Uint8Array
  }

  export interface AttachmentListsFieldEvent {
    field: '$.lists'
    value: Uint8Array
  }

  export function encode (obj: Partial<Attachment>): Uint8Array {
    return encodeMessage(obj, Attachment.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Attachment>): Attachment {
    return decodeMessage(buf, Attachment.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Attachment>): Generator<AttachmentFileFieldEvent | AttachmentNameFieldEvent | AttachmentMediaTypeFieldEvent | AttachmentBytesFieldEvent | AttachmentStoredAtFieldEvent | AttachmentPartsFieldEvent | AttachmentListsFieldEvent> {
    return streamMessage(buf, Attachment.codec(), opts)
  }
}

export interface FileParts {
  parts: Uint8Array
}

export namespace FileParts {
  let _codec: Codec<FileParts>

  export const codec = (): Codec<FileParts> => {
    if (_codec == null) {
      _codec = message<FileParts>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.parts != null && obj.parts.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.parts)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          parts: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.parts = reader.bytes()
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
                field: `${prefix}.parts`,
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

  export interface FilePartsPartsFieldEvent {
    field: '$.parts'
    value: Uint8Array
  }

  export function encode (obj: Partial<FileParts>): Uint8Array {
    return encodeMessage(obj, FileParts.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FileParts>): FileParts {
    return decodeMessage(buf, FileParts.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FileParts>): Generator<FilePartsPartsFieldEvent> {
    return streamMessage(buf, FileParts.codec(), opts)
  }
}

export interface FileAbandoned {
  storedAt: bigint
  parts: Uint8Array
}

export namespace FileAbandoned {
  let _codec: Codec<FileAbandoned>

  export const codec = (): Codec<FileAbandoned> => {
    if (_codec == null) {
      _codec = message<FileAbandoned>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.storedAt != null && obj.storedAt !== 0n)) {
          w.uint32(8)
          writeVarint64(w, obj.storedAt)
        }

        if ((obj.parts != null && obj.parts.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.parts)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          storedAt: 0n,
          parts: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.storedAt = reader.uint64()
              break
            }
            case 2: {
              obj.parts = reader.bytes()
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
                field: `${prefix}.storedAt`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.parts`,
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

  export interface FileAbandonedStoredAtFieldEvent {
    field: '$.storedAt'
    value: bigint
  }

  export interface FileAbandonedPartsFieldEvent {
    field: '$.parts'
    value: Uint8Array
  }

  export function encode (obj: Partial<FileAbandoned>): Uint8Array {
    return encodeMessage(obj, FileAbandoned.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FileAbandoned>): FileAbandoned {
    return decodeMessage(buf, FileAbandoned.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FileAbandoned>): Generator<FileAbandonedStoredAtFieldEvent | FileAbandonedPartsFieldEvent> {
    return streamMessage(buf, FileAbandoned.codec(), opts)
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

export interface TextEdited {
  target: Uint8Array
  text: string
}

export namespace TextEdited {
  let _codec: Codec<TextEdited>

  export const codec = (): Codec<TextEdited> => {
    if (_codec == null) {
      _codec = message<TextEdited>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.target != null && obj.target.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.target)
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
          target: uint8ArrayAlloc(0),
          text: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.target = reader.bytes()
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
                field: `${prefix}.target`,
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

  export interface TextEditedTargetFieldEvent {
    field: '$.target'
    value: Uint8Array
  }

  export interface TextEditedTextFieldEvent {
    field: '$.text'
    value: string
  }

  export function encode (obj: Partial<TextEdited>): Uint8Array {
    return encodeMessage(obj, TextEdited.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TextEdited>): TextEdited {
    return decodeMessage(buf, TextEdited.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TextEdited>): Generator<TextEditedTargetFieldEvent | TextEditedTextFieldEvent> {
    return streamMessage(buf, TextEdited.codec(), opts)
  }
}

export interface MessageDeleted {
  target: Uint8Array
  order: bigint
  author: Uint8Array
  timestamp: bigint
  attachments: Attachment[]
}

export namespace MessageDeleted {
  let _codec: Codec<MessageDeleted>

  export const codec = (): Codec<MessageDeleted> => {
    if (_codec == null) {
      _codec = message<MessageDeleted>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.target != null && obj.target.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.target)
        }

        if ((obj.order != null && obj.order !== 0n)) {
          w.uint32(16)
          writeVarint64(w, obj.order)
        }

        if ((obj.author != null && obj.author.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.author)
        }

        if ((obj.timestamp != null && obj.timestamp !== 0n)) {
          w.uint32(32)
          writeVarint64(w, obj.timestamp)
        }

        if (obj.attachments != null && obj.attachments.length > 0) {
          for (const value of obj.attachments) {
            w.uint32(42)
            Attachment.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          target: uint8ArrayAlloc(0),
          order: 0n,
          author: uint8ArrayAlloc(0),
          timestamp: 0n,
          attachments: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.target = reader.bytes()
              break
            }
            case 2: {
              obj.order = reader.uint64()
              break
            }
            case 3: {
              obj.author = reader.bytes()
              break
            }
            case 4: {
              obj.timestamp = reader.uint64()
              break
            }
            case 5: {
              if (opts.limits?.attachments != null && obj.attachments.length === opts.limits.attachments) {
                throw new MaxLengthError('Decode error - repeated field "attachments" had too many elements')
              }

              obj.attachments.push(Attachment.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.attachments$
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
          attachments: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.target`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.order`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.author`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.timestamp`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
              if (opts.limits?.attachments != null && obj.attachments === opts.limits.attachments) {
                throw new MaxLengthError('Streaming decode error - repeated field "attachments" had too many elements')
              }

              for (const evt of Attachment.codec().stream(reader, reader.uint32(), `${prefix}.attachments[]`, {
                limits: opts.limits?.attachments$
              })) {
                yield {
                  ...evt,
                  index: obj.attachments
                }
              }

              obj.attachments++

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

  export interface MessageDeletedTargetFieldEvent {
    field: '$.target'
    value: Uint8Array
  }

  export interface MessageDeletedOrderFieldEvent {
    field: '$.order'
    value: bigint
  }

  export interface MessageDeletedAuthorFieldEvent {
    field: '$.author'
    value: Uint8Array
  }

  export interface MessageDeletedTimestampFieldEvent {
    field: '$.timestamp'
    value: bigint
  }

  export interface MessageDeletedAttachmentsFileFieldEvent {
    field: '$.attachments[].file'
    value: Uint8Array
    index: number
  }

  export interface MessageDeletedAttachmentsNameFieldEvent {
    field: '$.attachments[].name'
    value: string
    index: number
  }

  export interface MessageDeletedAttachmentsMediaTypeFieldEvent {
    field: '$.attachments[].mediaType'
    value: string
    index: number
  }

  export interface MessageDeletedAttachmentsBytesFieldEvent {
    field: '$.attachments[].bytes'
    value: bigint
    index: number
  }

  export interface MessageDeletedAttachmentsStoredAtFieldEvent {
    field: '$.attachments[].storedAt'
    value: bigint
    index: number
  }

  export interface MessageDeletedAttachmentsPartsFieldEvent {
    field: '$.attachments[].parts'
    value: Uint8Array
    index: number
  }

  export interface MessageDeletedAttachmentsListsFieldEvent {
    field: '$.attachments[].lists'
    value: Uint8Array
    index: number
  }

  export function encode (obj: Partial<MessageDeleted>): Uint8Array {
    return encodeMessage(obj, MessageDeleted.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MessageDeleted>): MessageDeleted {
    return decodeMessage(buf, MessageDeleted.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MessageDeleted>): Generator<MessageDeletedTargetFieldEvent | MessageDeletedOrderFieldEvent | MessageDeletedAuthorFieldEvent | MessageDeletedTimestampFieldEvent | MessageDeletedAttachmentsFileFieldEvent | MessageDeletedAttachmentsNameFieldEvent | MessageDeletedAttachmentsMediaTypeFieldEvent | MessageDeletedAttachmentsBytesFieldEvent | MessageDeletedAttachmentsStoredAtFieldEvent | MessageDeletedAttachmentsPartsFieldEvent | MessageDeletedAttachmentsListsFieldEvent> {
    return streamMessage(buf, MessageDeleted.codec(), opts)
  }
}

export interface MessagePinned {
  target: Uint8Array
  pinned: boolean
}

export namespace MessagePinned {
  let _codec: Codec<MessagePinned>

  export const codec = (): Codec<MessagePinned> => {
    if (_codec == null) {
      _codec = message<MessagePinned>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.target != null && obj.target.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.target)
        }

        if ((obj.pinned != null && obj.pinned !== false)) {
          w.uint32(16)
          w.bool(obj.pinned)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          target: uint8ArrayAlloc(0),
          pinned: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.target = reader.bytes()
              break
            }
            case 2: {
              obj.pinned = reader.bool()
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
                field: `${prefix}.target`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.pinned`,
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

  export interface MessagePinnedTargetFieldEvent {
    field: '$.target'
    value: Uint8Array
  }

  export interface MessagePinnedPinnedFieldEvent {
    field: '$.pinned'
    value: boolean
  }

  export function encode (obj: Partial<MessagePinned>): Uint8Array {
    return encodeMessage(obj, MessagePinned.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MessagePinned>): MessagePinned {
    return decodeMessage(buf, MessagePinned.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MessagePinned>): Generator<MessagePinnedTargetFieldEvent | MessagePinnedPinnedFieldEvent> {
    return streamMessage(buf, MessagePinned.codec(), opts)
  }
}

export interface Reaction {
  target: Uint8Array
  emoji: string
  on: boolean
}

export namespace Reaction {
  let _codec: Codec<Reaction>

  export const codec = (): Codec<Reaction> => {
    if (_codec == null) {
      _codec = message<Reaction>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.target != null && obj.target.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.target)
        }

        if ((obj.emoji != null && obj.emoji !== '')) {
          w.uint32(18)
          w.string(obj.emoji)
        }

        if ((obj.on != null && obj.on !== false)) {
          w.uint32(24)
          w.bool(obj.on)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          target: uint8ArrayAlloc(0),
          emoji: '',
          on: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.target = reader.bytes()
              break
            }
            case 2: {
              obj.emoji = reader.string()
              break
            }
            case 3: {
              obj.on = reader.bool()
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
                field: `${prefix}.target`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.emoji`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.on`,
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

  export interface ReactionTargetFieldEvent {
    field: '$.target'
    value: Uint8Array
  }

  export interface ReactionEmojiFieldEvent {
    field: '$.emoji'
    value: string
  }

  export interface ReactionOnFieldEvent {
    field: '$.on'
    value: boolean
  }

  export function encode (obj: Partial<Reaction>): Uint8Array {
    return encodeMessage(obj, Reaction.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Reaction>): Reaction {
    return decodeMessage(buf, Reaction.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Reaction>): Generator<ReactionTargetFieldEvent | ReactionEmojiFieldEvent | ReactionOnFieldEvent> {
    return streamMessage(buf, Reaction.codec(), opts)
  }
}

export interface ConversationArchived {
  archived: boolean
}

export namespace ConversationArchived {
  let _codec: Codec<ConversationArchived>

  export const codec = (): Codec<ConversationArchived> => {
    if (_codec == null) {
      _codec = message<ConversationArchived>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.archived != null && obj.archived !== false)) {
          w.uint32(8)
          w.bool(obj.archived)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          archived: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.archived = reader.bool()
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
                field: `${prefix}.archived`,
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

  export interface ConversationArchivedArchivedFieldEvent {
    field: '$.archived'
    value: boolean
  }

  export function encode (obj: Partial<ConversationArchived>): Uint8Array {
    return encodeMessage(obj, ConversationArchived.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConversationArchived>): ConversationArchived {
    return decodeMessage(buf, ConversationArchived.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConversationArchived>): Generator<ConversationArchivedArchivedFieldEvent> {
    return streamMessage(buf, ConversationArchived.codec(), opts)
  }
}

export interface ConversationPinned {
  pinned: boolean
}

export namespace ConversationPinned {
  let _codec: Codec<ConversationPinned>

  export const codec = (): Codec<ConversationPinned> => {
    if (_codec == null) {
      _codec = message<ConversationPinned>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.pinned != null && obj.pinned !== false)) {
          w.uint32(8)
          w.bool(obj.pinned)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          pinned: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.pinned = reader.bool()
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
                field: `${prefix}.pinned`,
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

  export interface ConversationPinnedPinnedFieldEvent {
    field: '$.pinned'
    value: boolean
  }

  export function encode (obj: Partial<ConversationPinned>): Uint8Array {
    return encodeMessage(obj, ConversationPinned.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConversationPinned>): ConversationPinned {
    return decodeMessage(buf, ConversationPinned.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConversationPinned>): Generator<ConversationPinnedPinnedFieldEvent> {
    return streamMessage(buf, ConversationPinned.codec(), opts)
  }
}

export interface ConversationAppearance {
  emoji?: string
  colour?: string
}

export namespace ConversationAppearance {
  let _codec: Codec<ConversationAppearance>

  export const codec = (): Codec<ConversationAppearance> => {
    if (_codec == null) {
      _codec = message<ConversationAppearance>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.emoji != null) {
          w.uint32(10)
          w.string(obj.emoji)
        }

        if (obj.colour != null) {
          w.uint32(18)
          w.string(obj.colour)
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
              obj.emoji = reader.string()
              break
            }
            case 2: {
              obj.colour = reader.string()
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
                field: `${prefix}.emoji`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.colour`,
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

  export interface ConversationAppearanceEmojiFieldEvent {
    field: '$.emoji'
    value: string
  }

  export interface ConversationAppearanceColourFieldEvent {
    field: '$.colour'
    value: string
  }

  export function encode (obj: Partial<ConversationAppearance>): Uint8Array {
    return encodeMessage(obj, ConversationAppearance.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConversationAppearance>): ConversationAppearance {
    return decodeMessage(buf, ConversationAppearance.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConversationAppearance>): Generator<ConversationAppearanceEmojiFieldEvent | ConversationAppearanceColourFieldEvent> {
    return streamMessage(buf, ConversationAppearance.codec(), opts)
  }
}

export interface ReadUpTo {
  order: bigint
  message: Uint8Array
}

export namespace ReadUpTo {
  let _codec: Codec<ReadUpTo>

  export const codec = (): Codec<ReadUpTo> => {
    if (_codec == null) {
      _codec = message<ReadUpTo>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.order != null && obj.order !== 0n)) {
          w.uint32(8)
          writeVarint64(w, obj.order)
        }

        if ((obj.message != null && obj.message.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.message)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          order: 0n,
          message: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.order = reader.uint64()
              break
            }
            case 2: {
              obj.message = reader.bytes()
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
                field: `${prefix}.order`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.message`,
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

  export interface ReadUpToOrderFieldEvent {
    field: '$.order'
    value: bigint
  }

  export interface ReadUpToMessageFieldEvent {
    field: '$.message'
    value: Uint8Array
  }

  export function encode (obj: Partial<ReadUpTo>): Uint8Array {
    return encodeMessage(obj, ReadUpTo.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReadUpTo>): ReadUpTo {
    return decodeMessage(buf, ReadUpTo.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReadUpTo>): Generator<ReadUpToOrderFieldEvent | ReadUpToMessageFieldEvent> {
    return streamMessage(buf, ReadUpTo.codec(), opts)
  }
}

export interface Draft {
  text: string
  editedAt: bigint
}

export namespace Draft {
  let _codec: Codec<Draft>

  export const codec = (): Codec<Draft> => {
    if (_codec == null) {
      _codec = message<Draft>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.text != null && obj.text !== '')) {
          w.uint32(10)
          w.string(obj.text)
        }

        if ((obj.editedAt != null && obj.editedAt !== 0n)) {
          w.uint32(16)
          writeVarint64(w, obj.editedAt)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          text: '',
          editedAt: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.text = reader.string()
              break
            }
            case 2: {
              obj.editedAt = reader.uint64()
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
                field: `${prefix}.text`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.editedAt`,
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

  export interface DraftTextFieldEvent {
    field: '$.text'
    value: string
  }

  export interface DraftEditedAtFieldEvent {
    field: '$.editedAt'
    value: bigint
  }

  export function encode (obj: Partial<Draft>): Uint8Array {
    return encodeMessage(obj, Draft.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Draft>): Draft {
    return decodeMessage(buf, Draft.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Draft>): Generator<DraftTextFieldEvent | DraftEditedAtFieldEvent> {
    return streamMessage(buf, Draft.codec(), opts)
  }
}
