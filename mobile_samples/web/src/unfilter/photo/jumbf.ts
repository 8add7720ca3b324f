/** R27 of sdk/format/RULES.md. A file within a JPEG: a JUMBF box of type *embedded file* in APP11 segments (ISO/IEC 19566-5). */

const EMBEDDED_FILE = "\x40\xcb\x0c\x32\xbb\x8a\x48\x9d\xa7\x0b\x2a\xd6\xf4\x7f\x43\x69";
const DESCRIPTION = `${EMBEDDED_FILE}\x03unfilter.top_up\0`; // toggles: may be requested, has a label
const OURS = "JP\x75\x66"; // with the number of the box
/** Bytes of a box's length and type; bytes of a segment before the box's content. */
const HEAD = 8, BEFORE = 16;

/** The embedded file in APP11 segments, each without marker and length; null where there is none whole. */
export function embeddedIn(segments: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> | null {
  const number = (segment: Uint8Array) => new DataView(segment.buffer, segment.byteOffset).getUint32(4);
  const ours = segments.filter((each) => each.length >= BEFORE && latin(each.subarray(0, 4)) === OURS && latin(each.subarray(12, 16)) === "jumb");
  const parts = ours.toSorted((one, other) => number(one) - number(other));
  if (!parts.length || parts.some((part, index) => number(part) !== index + 1)) return null;
  const content = new Uint8Array(parts.reduce((size, part) => size + part.length - BEFORE, 0));
  let end = 0;
  for (const part of parts) {
    content.set(part.subarray(BEFORE), end);
    end += part.length - BEFORE;
  }
  const [description, ...boxes] = boxesIn(content);
  if (description?.name !== "jumd" || latin(description.content) !== DESCRIPTION) return null;
  return boxes.find(({ name }) => name === "bidb")?.content ?? null;
}

function boxesIn(content: Uint8Array<ArrayBuffer>): { name: string; content: Uint8Array<ArrayBuffer> }[] {
  const view = new DataView(content.buffer);
  const boxes = [];
  for (let at = 0, size = 0; at + HEAD <= content.length; at += size) {
    size = view.getUint32(at);
    if (size < HEAD || at + size > content.length) break;
    boxes.push({ name: latin(content.subarray(at + 4, at + HEAD)), content: content.slice(at + HEAD, at + size) });
  }
  return boxes;
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
