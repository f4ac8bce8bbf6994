import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** The value of a node's attribute, by the kinds that TensorFlow's AttrValue message has. */
export type AttributeValue =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'type'; readonly value: number }
  | { readonly kind: 'shape'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly dtype: number; readonly shape: readonly number[]; readonly content: Uint8Array }
  /** A tensor of floats that are all equal. */
  | { readonly kind: 'filled'; readonly shape: readonly number[]; readonly value: number }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }

/** One op of a graph. Inputs are `node`, `node:1` or, to wait only, `^node`. */
export interface GraphNode {
  readonly name: string
  readonly op: string
  readonly inputs: readonly string[]
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

/** GraphDef version that TensorFlow 2.9 and later read. */
const producerVersion = 1882
const schemaVersion = 1
const floatType = 1

/** A SavedModel file with one graph under the tag "serve"; an empty `device` leaves the choice to TensorFlow. Field numbers are those of TensorFlow's .proto files. */
export function encodeSavedModel(nodes: readonly GraphNode[], device = ''): Uint8Array {
  const writer = new BinaryWriter()
  int(writer, 1, schemaVersion)
  message(writer, 2, () => {
    message(writer, 1, () => {
      text(writer, 4, 'serve')
    })
    message(writer, 2, () => {
      for (const node of nodes) message(writer, 1, () => writeNode(writer, node, device))
      message(writer, 4, () => {
        int(writer, 1, producerVersion)
      })
    })
  })
  return writer.finish()
}

function writeNode(writer: BinaryWriter, node: GraphNode, device: string): void {
  text(writer, 1, node.name)
  text(writer, 2, node.op)
  for (const input of node.inputs) text(writer, 3, input)
  if (device !== '') text(writer, 4, device)
  for (const [name, value] of Object.entries(node.attributes)) {
    message(writer, 5, () => {
      text(writer, 1, name)
      message(writer, 2, () => writeAttribute(writer, value))
    })
  }
}

function writeAttribute(writer: BinaryWriter, attribute: AttributeValue): void {
  switch (attribute.kind) {
    case 'string':
      text(writer, 2, attribute.value)
      return
    case 'int':
      int(writer, 3, attribute.value)
      return
    case 'float':
      writer.tag(4, WireType.Bit32).float(attribute.value)
      return
    case 'bool':
      writer.tag(5, WireType.Varint).bool(attribute.value)
      return
    case 'type':
      int(writer, 6, attribute.value)
      return
    case 'shape':
      message(writer, 7, () => writeShape(writer, attribute.value))
      return
    case 'tensor':
      message(writer, 8, () => {
        int(writer, 1, attribute.dtype)
        message(writer, 2, () => writeShape(writer, attribute.shape))
        writer.tag(4, WireType.LengthDelimited).bytes(attribute.content)
      })
      return
    case 'filled':
      message(writer, 8, () => {
        int(writer, 1, floatType)
        message(writer, 2, () => writeShape(writer, attribute.shape))
        // TensorFlow repeats the last number until the shape is full.
        writer.tag(5, WireType.Bit32).float(attribute.value)
      })
      return
    case 'strings':
      message(writer, 1, () => {
        for (const value of attribute.value) text(writer, 2, value)
      })
      return
    case 'ints':
      message(writer, 1, () => {
        for (const value of attribute.value) int(writer, 3, value)
      })
      return
    case 'floats':
      message(writer, 1, () => {
        for (const value of attribute.value) writer.tag(4, WireType.Bit32).float(value)
      })
  }
}

function writeShape(writer: BinaryWriter, shape: readonly number[]): void {
  for (const length of shape) {
    message(writer, 2, () => {
      int(writer, 1, length)
    })
  }
}

function message(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork()
  write()
  writer.join()
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value)
}

function int(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value)
}
