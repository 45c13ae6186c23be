// Generated from proto/ by `npm run proto`. Do not edit.
// @ts-nocheck
import { writeVarint64 } from '../helpers/varint64.ts';
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface DeviceChange {
  version: number
  kind: number
  listId: Uint8Array
  subject: Uint8Array
  name: string
  system: string
  at: bigint
  previous: Uint8Array[]
  role: number
  addresses: Uint8Array[]
  repudiated: Uint8Array[]
}

export namespace DeviceChange {
  let _codec: Codec<DeviceChange>

  export const codec = (): Codec<DeviceChange> => {
    if (_codec == null) {
      _codec = message<DeviceChange>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(8)
          w.uint32(obj.version)
        }

        if ((obj.kind != null && obj.kind !== 0)) {
          w.uint32(16)
          w.uint32(obj.kind)
        }

        if ((obj.listId != null && obj.listId.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.listId)
        }

        if ((obj.subject != null && obj.subject.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.subject)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(42)
          w.string(obj.name)
        }

        if ((obj.system != null && obj.system !== '')) {
          w.uint32(50)
          w.string(obj.system)
        }

        if ((obj.at != null && obj.at !== 0n)) {
          w.uint32(56)
          writeVarint64(w, obj.at)
        }

        if (obj.previous != null && obj.previous.length > 0) {
          for (const value of obj.previous) {
            w.uint32(66)
            w.bytes(value)
          }
        }

        if ((obj.role != null && obj.role !== 0)) {
          w.uint32(72)
          w.uint32(obj.role)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(82)
            w.bytes(value)
          }
        }

        if (obj.repudiated != null && obj.repudiated.length > 0) {
          for (const value of obj.repudiated) {
            w.uint32(90)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0,
          kind: 0,
          listId: uint8ArrayAlloc(0),
          subject: uint8ArrayAlloc(0),
          name: '',
          system: '',
          at: 0n,
          previous: [],
          role: 0,
          addresses: [],
          repudiated: []
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
              obj.kind = reader.uint32()
              break
            }
            case 3: {
              obj.listId = reader.bytes()
              break
            }
            case 4: {
              obj.subject = reader.bytes()
              break
            }
            case 5: {
              obj.name = reader.string()
              break
            }
            case 6: {
              obj.system = reader.string()
              break
            }
            case 7: {
              obj.at = reader.uint64()
              break
            }
            case 8: {
              if (opts.limits?.previous != null && obj.previous.length === opts.limits.previous) {
                throw new MaxLengthError('Decode error - repeated field "previous" had too many elements')
              }

              obj.previous.push(reader.bytes())
              break
            }
            case 9: {
              obj.role = reader.uint32()
              break
            }
            case 10: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.bytes())
              break
            }
            case 11: {
              if (opts.limits?.repudiated != null && obj.repudiated.length === opts.limits.repudiated) {
                throw new MaxLengthError('Decode error - repeated field "repudiated" had too many elements')
              }

              obj.repudiated.push(reader.bytes())
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
          previous: 0,
          addresses: 0,
          repudiated: 0
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
                field: `${prefix}.kind`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.listId`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.subject`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.system`,
                value: reader.string()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.at`,
                value: reader.uint64()
              }
              break
            }
            case 8: {
              if (opts.limits?.previous != null && obj.previous === opts.limits.previous) {
                throw new MaxLengthError('Streaming decode error - repeated field "previous" had too many elements')
              }

              yield {
                field: `${prefix}.previous[]`,
                index: obj.previous,
                value: reader.bytes()
              }

              obj.previous++

              break
            }
            case 9: {
              yield {
                field: `${prefix}.role`,
                value: reader.uint32()
              }
              break
            }
            case 10: {
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
            case 11: {
              if (opts.limits?.repudiated != null && obj.repudiated === opts.limits.repudiated) {
                throw new MaxLengthError('Streaming decode error - repeated field "repudiated" had too many elements')
              }

              yield {
                field: `${prefix}.repudiated[]`,
                index: obj.repudiated,
                value: reader.bytes()
              }

              obj.repudiated++

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

  export interface DeviceChangeVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface DeviceChangeKindFieldEvent {
    field: '$.kind'
    value: number
  }

  export interface DeviceChangeListIdFieldEvent {
    field: '$.listId'
    value: Uint8Array
  }

  export interface DeviceChangeSubjectFieldEvent {
    field: '$.subject'
    value: Uint8Array
  }

  export interface DeviceChangeNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface DeviceChangeSystemFieldEvent {
    field: '$.system'
    value: string
  }

  export interface DeviceChangeAtFieldEvent {
    field: '$.at'
    value: bigint
  }

  export interface DeviceChangePreviousFieldEvent {
    field: '$.previous[]'
    index: number
    value: Uint8Array
  }

  export interface DeviceChangeRoleFieldEvent {
    field: '$.role'
    value: number
  }

  export interface DeviceChangeAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: Uint8Array
  }

  export interface DeviceChangeRepudiatedFieldEvent {
    field: '$.repudiated[]'
    index: number
    value: Uint8Array
  }

  export function encode (obj: Partial<DeviceChange>): Uint8Array {
    return encodeMessage(obj, DeviceChange.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceChange>): DeviceChange {
    return decodeMessage(buf, DeviceChange.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceChange>): Generator<DeviceChangeVersionFieldEvent | DeviceChangeKindFieldEvent | DeviceChangeListIdFieldEvent | DeviceChangeSubjectFieldEvent | DeviceChangeNameFieldEvent | DeviceChangeSystemFieldEvent | DeviceChangeAtFieldEvent | DeviceChangePreviousFieldEvent | DeviceChangeRoleFieldEvent | DeviceChangeAddressesFieldEvent | DeviceChangeRepudiatedFieldEvent> {
    return streamMessage(buf, DeviceChange.codec(), opts)
  }
}

export interface DeviceListEntry {
  change: Uint8Array
  signer: Uint8Array
  signature: Uint8Array
}

export namespace DeviceListEntry {
  let _codec: Codec<DeviceListEntry>

  export const codec = (): Codec<DeviceListEntry> => {
    if (_codec == null) {
      _codec = message<DeviceListEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.change != null && obj.change.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.change)
        }

        if ((obj.signer != null && obj.signer.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.signer)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          change: uint8ArrayAlloc(0),
          signer: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.change = reader.bytes()
              break
            }
            case 2: {
              obj.signer = reader.bytes()
              break
            }
            case 3: {
              obj.signature = reader.bytes()
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
                field: `${prefix}.change`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.signer`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.signature`,
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

  export interface DeviceListEntryChangeFieldEvent {
    field: '$.change'
    value: Uint8Array
  }

  export interface DeviceListEntrySignerFieldEvent {
    field: '$.signer'
    value: Uint8Array
  }

  export interface DeviceListEntrySignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array
  }

  export function encode (obj: Partial<DeviceListEntry>): Uint8Array {
    return encodeMessage(obj, DeviceListEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceListEntry>): DeviceListEntry {
    return decodeMessage(buf, DeviceListEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceListEntry>): Generator<DeviceListEntryChangeFieldEvent | DeviceListEntrySignerFieldEvent | DeviceListEntrySignatureFieldEvent> {
    return streamMessage(buf, DeviceListEntry.codec(), opts)
  }
}

export interface DeviceListEntries {
  entries: Uint8Array[]
}

export namespace DeviceListEntries {
  let _codec: Codec<DeviceListEntries>

  export const codec = (): Codec<DeviceListEntries> => {
    if (_codec == null) {
      _codec = message<DeviceListEntries>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.entries != null && obj.entries.length > 0) {
          for (const value of obj.entries) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          entries: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.entries != null && obj.entries.length === opts.limits.entries) {
                throw new MaxLengthError('Decode error - repeated field "entries" had too many elements')
              }

              obj.entries.push(reader.bytes())
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
          entries: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.entries != null && obj.entries === opts.limits.entries) {
                throw new MaxLengthError('Streaming decode error - repeated field "entries" had too many elements')
              }

              yield {
                field: `${prefix}.entries[]`,
                index: obj.entries,
                value: reader.bytes()
              }

              obj.entries++

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

  export interface DeviceListEntriesEntriesFieldEvent {
    field: '$.entries[]'
    index: number
    value: Uint8Array
  }

  export function encode (obj: Partial<DeviceListEntries>): Uint8Array {
    return encodeMessage(obj, DeviceListEntries.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceListEntries>): DeviceListEntries {
    return decodeMessage(buf, DeviceListEntries.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceListEntries>): Generator<DeviceListEntriesEntriesFieldEvent> {
    return streamMessage(buf, DeviceListEntries.codec(), opts)
  }
}

export interface SealedContentKey {
  device: Uint8Array
  sealed: Uint8Array
}

export namespace SealedContentKey {
  let _codec: Codec<SealedContentKey>

  export const codec = (): Codec<SealedContentKey> => {
    if (_codec == null) {
      _codec = message<SealedContentKey>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.device != null && obj.device.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.device)
        }

        if ((obj.sealed != null && obj.sealed.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.sealed)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          device: uint8ArrayAlloc(0),
          sealed: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.device = reader.bytes()
              break
            }
            case 2: {
              obj.sealed = reader.bytes()
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
                field: `${prefix}.device`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.sealed`,
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

  export interface SealedContentKeyDeviceFieldEvent {
    field: '$.device'
    value: Uint8Array
  }

  export interface SealedContentKeySealedFieldEvent {
    field: '$.sealed'
    value: Uint8Array
  }

  export function encode (obj: Partial<SealedContentKey>): Uint8Array {
    return encodeMessage(obj, SealedContentKey.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SealedContentKey>): SealedContentKey {
    return decodeMessage(buf, SealedContentKey.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SealedContentKey>): Generator<SealedContentKeyDeviceFieldEvent | SealedContentKeySealedFieldEvent> {
    return streamMessage(buf, SealedContentKey.codec(), opts)
  }
}

export interface ContentKeyChange {
  version: number
  listId: Uint8Array
  epoch: Uint8Array
  generation: number
  keys: SealedContentKey[]
  excluded: Uint8Array[]
  at: bigint
  writers: Uint8Array[]
}

export namespace ContentKeyChange {
  let _codec: Codec<ContentKeyChange>

  export const codec = (): Codec<ContentKeyChange> => {
    if (_codec == null) {
      _codec = message<ContentKeyChange>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(8)
          w.uint32(obj.version)
        }

        if ((obj.listId != null && obj.listId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.listId)
        }

        if ((obj.epoch != null && obj.epoch.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.epoch)
        }

        if ((obj.generation != null && obj.generation !== 0)) {
          w.uint32(32)
          w.uint32(obj.generation)
        }

        if (obj.keys != null && obj.keys.length > 0) {
          for (const value of obj.keys) {
            w.uint32(42)
            SealedContentKey.codec().encode(value, w)
          }
        }

        if (obj.excluded != null && obj.excluded.length > 0) {
          for (const value of obj.excluded) {
            w.uint32(50)
            w.bytes(value)
          }
        }

        if ((obj.at != null && obj.at !== 0n)) {
          w.uint32(56)
          writeVarint64(w, obj.at)
        }

        if (obj.writers != null && obj.writers.length > 0) {
          for (const value of obj.writers) {
            w.uint32(66)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0,
          listId: uint8ArrayAlloc(0),
          epoch: uint8ArrayAlloc(0),
          generation: 0,
          keys: [],
          excluded: [],
          at: 0n,
          writers: []
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
              obj.listId = reader.bytes()
              break
            }
            case 3: {
              obj.epoch = reader.bytes()
              break
            }
            case 4: {
              obj.generation = reader.uint32()
              break
            }
            case 5: {
              if (opts.limits?.keys != null && obj.keys.length === opts.limits.keys) {
                throw new MaxLengthError('Decode error - repeated field "keys" had too many elements')
              }

              obj.keys.push(SealedContentKey.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.keys$
              }))
              break
            }
            case 6: {
              if (opts.limits?.excluded != null && obj.excluded.length === opts.limits.excluded) {
                throw new MaxLengthError('Decode error - repeated field "excluded" had too many elements')
              }

              obj.excluded.push(reader.bytes())
              break
            }
            case 7: {
              obj.at = reader.uint64()
              break
            }
            case 8: {
              if (opts.limits?.writers != null && obj.writers.length === opts.limits.writers) {
                throw new MaxLengthError('Decode error - repeated field "writers" had too many elements')
              }

              obj.writers.push(reader.bytes())
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
          keys: 0,
          excluded: 0,
          writers: 0
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
                field: `${prefix}.listId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.generation`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              if (opts.limits?.keys != null && obj.keys === opts.limits.keys) {
                throw new MaxLengthError('Streaming decode error - repeated field "keys" had too many elements')
              }

              for (const evt of SealedContentKey.codec().stream(reader, reader.uint32(), `${prefix}.keys[]`, {
                limits: opts.limits?.keys$
              })) {
                yield {
                  ...evt,
                  index: obj.keys
                }
              }

              obj.keys++

              break
            }
            case 6: {
              if (opts.limits?.excluded != null && obj.excluded === opts.limits.excluded) {
                throw new MaxLengthError('Streaming decode error - repeated field "excluded" had too many elements')
              }

              yield {
                field: `${prefix}.excluded[]`,
                index: obj.excluded,
                value: reader.bytes()
              }

              obj.excluded++

              break
            }
            case 7: {
              yield {
                field: `${prefix}.at`,
                value: reader.uint64()
              }
              break
            }
            case 8: {
              if (opts.limits?.writers != null && obj.writers === opts.limits.writers) {
                throw new MaxLengthError('Streaming decode error - repeated field "writers" had too many elements')
              }

              yield {
                field: `${prefix}.writers[]`,
                index: obj.writers,
                value: reader.bytes()
              }

              obj.writers++

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

  export interface ContentKeyChangeVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface ContentKeyChangeListIdFieldEvent {
    field: '$.listId'
    value: Uint8Array
  }

  export interface ContentKeyChangeEpochFieldEvent {
    field: '$.epoch'
    value: Uint8Array
  }

  export interface ContentKeyChangeGenerationFieldEvent {
    field: '$.generation'
    value: number
  }

  export interface ContentKeyChangeKeysDeviceFieldEvent {
    field: '$.keys[].device'
    value: Uint8Array
    index: number
  }

  export interface ContentKeyChangeKeysSealedFieldEvent {
    field: '$.keys[].sealed'
    value: Uint8Array
    index: number
  }

  export interface ContentKeyChangeExcludedFieldEvent {
    field: '$.excluded[]'
    index: number
    value: Uint8Array
  }

  export interface ContentKeyChangeAtFieldEvent {
    field: '$.at'
    value: bigint
  }

  export interface ContentKeyChangeWritersFieldEvent {
    field: '$.writers[]'
    index: number
    value: Uint8Array
  }

  export function encode (obj: Partial<ContentKeyChange>): Uint8Array {
    return encodeMessage(obj, ContentKeyChange.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ContentKeyChange>): ContentKeyChange {
    return decodeMessage(buf, ContentKeyChange.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ContentKeyChange>): Generator<ContentKeyChangeVersionFieldEvent | ContentKeyChangeListIdFieldEvent | ContentKeyChangeEpochFieldEvent | ContentKeyChangeGenerationFieldEvent | ContentKeyChangeKeysDeviceFieldEvent | ContentKeyChangeKeysSealedFieldEvent | ContentKeyChangeExcludedFieldEvent | ContentKeyChangeAtFieldEvent | ContentKeyChangeWritersFieldEvent> {
    return streamMessage(buf, ContentKeyChange.codec(), opts)
  }
}

export interface ContentKeyEntry {
  change: Uint8Array
  signer: Uint8Array
  signature: Uint8Array
}

export namespace ContentKeyEntry {
  let _codec: Codec<ContentKeyEntry>

  export const codec = (): Codec<ContentKeyEntry> => {
    if (_codec == null) {
      _codec = message<ContentKeyEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.change != null && obj.change.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.change)
        }

        if ((obj.signer != null && obj.signer.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.signer)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          change: uint8ArrayAlloc(0),
          signer: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.change = reader.bytes()
              break
            }
            case 2: {
              obj.signer = reader.bytes()
              break
            }
            case 3: {
              obj.signature = reader.bytes()
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
                field: `${prefix}.change`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.signer`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.signature`,
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

  export interface ContentKeyEntryChangeFieldEvent {
    field: '$.change'
    value: Uint8Array
  }

  export interface ContentKeyEntrySignerFieldEvent {
    field: '$.signer'
    value: Uint8Array
  }

  export interface ContentKeyEntrySignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array
  }

  export function encode (obj: Partial<ContentKeyEntry>): Uint8Array {
    return encodeMessage(obj, ContentKeyEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ContentKeyEntry>): ContentKeyEntry {
    return decodeMessage(buf, ContentKeyEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ContentKeyEntry>): Generator<ContentKeyEntryChangeFieldEvent | ContentKeyEntrySignerFieldEvent | ContentKeyEntrySignatureFieldEvent> {
    return streamMessage(buf, ContentKeyEntry.codec(), opts)
  }
}

export interface ErasureList {
  version: number
  listId: Uint8Array
  groupId: Uint8Array
  positions: Uint8Array
  at: bigint
}

export namespace ErasureList {
  let _codec: Codec<ErasureList>

  export const codec = (): Codec<ErasureList> => {
    if (_codec == null) {
      _codec = message<ErasureList>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(8)
          w.uint32(obj.version)
        }

        if ((obj.listId != null && obj.listId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.listId)
        }

        if ((obj.groupId != null && obj.groupId.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.groupId)
        }

        if ((obj.positions != null && obj.positions.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.positions)
        }

        if ((obj.at != null && obj.at !== 0n)) {
          w.uint32(40)
          writeVarint64(w, obj.at)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0,
          listId: uint8ArrayAlloc(0),
          groupId: uint8ArrayAlloc(0),
          positions: uint8ArrayAlloc(0),
          at: 0n
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
              obj.listId = reader.bytes()
              break
            }
            case 3: {
              obj.groupId = reader.bytes()
              break
            }
            case 4: {
              obj.positions = reader.bytes()
              break
            }
            case 5: {
              obj.at = reader.uint64()
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
                field: `${prefix}.version`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.listId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.groupId`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.positions`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.at`,
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

  export interface ErasureListVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface ErasureListListIdFieldEvent {
    field: '$.listId'
    value: Uint8Array
  }

  export interface ErasureListGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array
  }

  export interface ErasureListPositionsFieldEvent {
    field: '$.positions'
    value: Uint8Array
  }

  export interface ErasureListAtFieldEvent {
    field: '$.at'
    value: bigint
  }

  export function encode (obj: Partial<ErasureList>): Uint8Array {
    return encodeMessage(obj, ErasureList.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ErasureList>): ErasureList {
    return decodeMessage(buf, ErasureList.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ErasureList>): Generator<ErasureListVersionFieldEvent | ErasureListListIdFieldEvent | ErasureListGroupIdFieldEvent | ErasureListPositionsFieldEvent | ErasureListAtFieldEvent> {
    return streamMessage(buf, ErasureList.codec(), opts)
  }
}

export interface ErasureEntry {
  list: Uint8Array
  signer: Uint8Array
  signature: Uint8Array
}

export namespace ErasureEntry {
  let _codec: Codec<ErasureEntry>

  export const codec = (): Codec<ErasureEntry> => {
    if (_codec == null) {
      _codec = message<ErasureEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.list != null && obj.list.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.list)
        }

        if ((obj.signer != null && obj.signer.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.signer)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          list: uint8ArrayAlloc(0),
          signer: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.list = reader.bytes()
              break
            }
            case 2: {
              obj.signer = reader.bytes()
              break
            }
            case 3: {
              obj.signature = reader.bytes()
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
                field: `${prefix}.list`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.signer`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.signature`,
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

  export interface ErasureEntryListFieldEvent {
    field: '$.list'
    value: Uint8Array
  }

  export interface ErasureEntrySignerFieldEvent {
    field: '$.signer'
    value: Uint8Array
  }

  export interface ErasureEntrySignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array
  }

  export function encode (obj: Partial<ErasureEntry>): Uint8Array {
    return encodeMessage(obj, ErasureEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ErasureEntry>): ErasureEntry {
    return decodeMessage(buf, ErasureEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ErasureEntry>): Generator<ErasureEntryListFieldEvent | ErasureEntrySignerFieldEvent | ErasureEntrySignatureFieldEvent> {
    return streamMessage(buf, ErasureEntry.codec(), opts)
  }
}
