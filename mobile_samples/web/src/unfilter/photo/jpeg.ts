/**
 * JPEG by libjpeg-turbo, the same pixels in every browser: neither turned by EXIF nor converted by a profile. Both travel along,
 * as the chunks that a PNG would have.
 *
 * Law: `decodeJpeg(encodeJpeg(photo, quality))` has the tag and the carried chunks of `photo`.
 */

import { UnfilterError, damaged } from "../errors";
import { jpegFingerprintOf } from "../fingerprint";
import type { Tag } from "../tag";
import type { Chunk } from "./chunks";
import { withoutPicture } from "./exif";
import { embeddedIn } from "./jumbf";
import { compress, decompress } from "./libjpegTurbo";
import type { Photo } from "./photo";
import { APP1, APP11, APP2, codingOf, frameOf, having, readSegments, segment } from "./segments";
import { checkSize } from "./size";
import { tagOfXmp, withTag, xmpChunks, xmpOf } from "./xmp";
import { deflate, inflate } from "./zlib";

const EXIF = "Exif\0\0", XMP = "http://ns.adobe.com/xap/1.0/\0", ICC = "ICC_PROFILE\0";
const END = 0xd9, LONGEST = 65_533;

export function isJpeg(file: Uint8Array): boolean {
  return file[0] === 0xff && file[1] === 0xd8 && file[2] === 0xff;
}

export async function decodeJpeg(file: Uint8Array<ArrayBuffer>): Promise<Photo> {
  const segments = readSegments(file);
  const frame = frameOf(segments);
  const view = new DataView(frame.buffer, frame.byteOffset);
  checkSize(view.getUint16(3), view.getUint16(1));
  if (frame[0] !== 8) throw new UnfilterError(`has ${frame[0]} bits per channel; give a file with 8`);
  if (frame[5] === 4) throw new UnfilterError("is a CMYK photo; save it as RGB first");
  if (!endsWhole(file, segments.at(-1)!.stop)) throw damaged("it ends within its pixels");
  const pixels = await decompress(file);
  const [xmp] = having(segments, APP1, XMP).map((content) => new TextDecoder().decode(content));
  const tag = xmp ? tagOfXmp(xmp) : null;
  const topUp = embeddedIn(having(segments, APP11, ""));
  const kept = { coding: await codingOf(segments), carried: await carried(segments, xmp ?? null), ...(topUp && { topUp }) };
  return { pixels, codec: "jpeg", tag, alpha: null, ...kept };
}

/** A JPEG file, 4:2:0, with what the photo carries; `tag` is completed by the fingerprint of what it decodes to. */
export async function encodeJpeg(photo: Photo, quality: number): Promise<Uint8Array<ArrayBuffer>> {
  if (photo.alpha?.some((level) => level < 255)) throw new UnfilterError("has transparency, which a JPEG cannot carry; save it as PNG");
  const bare = await compress(photo.pixels, quality);
  const segments = readSegments(bare);
  const head = segments[0]!.stop; // JFIF comes first
  const tag = photo.tag && (await fingerprinted(photo.tag, bare));
  const parts = [bare.subarray(0, head), ...(await travelling(photo.carried, tag)), bare.subarray(head)];
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function fingerprinted(tag: Tag, bare: Uint8Array<ArrayBuffer>): Promise<Tag> {
  return { ...tag, fingerprint: await jpegFingerprintOf(await decompress(bare), await codingOf(readSegments(bare))) };
}

/** Whether the end is there, behind pixels that begin at `from`: they have no such marker. What comes behind it is passed over. */
function endsWhole(file: Uint8Array, from: number): boolean {
  for (let at = file.indexOf(END, from); at > 0; at = file.indexOf(END, at + 1)) if (file[at - 1] === 0xff) return true;
  return false;
}

/** EXIF, profile and XMP as the chunks of a PNG. */
async function carried(segments: ReturnType<typeof readSegments>, xmp: string | null): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  // Each part of a profile begins with its number and their count (ICC.1:2022, annex B.4).
  const parts = having(segments, APP2, ICC).sort((one, other) => one[0]! - other[0]!);
  if (parts.length) {
    const profile = new Blob(parts.map((part) => part.subarray(2)));
    const packed = await deflate(new Uint8Array(await profile.arrayBuffer()));
    const name = new TextEncoder().encode("ICC Profile\0\0"); // a name, and the method of packing
    chunks.push({ name: "iCCP", content: new Uint8Array(await new Blob([name, packed]).arrayBuffer()) });
  }
  const [exif] = having(segments, APP1, EXIF);
  if (exif) chunks.push(withoutPicture({ name: "eXIf", content: exif }));
  return [...chunks, ...xmpChunks(xmp)];
}

/** The segments that carry EXIF, XMP with the tag, and profile, in the SDK's order. */
async function travelling(chunks: Chunk[], tag: Tag | null): Promise<Uint8Array<ArrayBuffer>[]> {
  const content = (name: string) => chunks.find((each) => each.name === name)?.content;
  const found: Uint8Array<ArrayBuffer>[] = [];
  const exif = content("eXIf");
  if (exif && exif.length + EXIF.length + 2 <= LONGEST) found.push(segment(APP1, EXIF, exif));
  const fits = (packet: Uint8Array) => packet.length + XMP.length + 2 <= LONGEST;
  const packets = [xmpOf(chunks), null].map((xmp) => new TextEncoder().encode(tag ? withTag(xmp, tag) : (xmp ?? "")));
  const packet = packets.find(fits);
  if (packet?.length) found.push(segment(APP1, XMP, packet));
  const packed = content("iCCP");
  if (packed) {
    const profile = await inflate(packed.subarray(packed.indexOf(0) + 2));
    const most = LONGEST - 2 - ICC.length - 2;
    const count = Math.ceil(profile.length / most);
    for (let part = 0; part < count; part++) {
      const slice = profile.subarray(part * most, (part + 1) * most);
      found.push(segment(APP2, ICC, Uint8Array.of(part + 1, count, ...slice)));
    }
  }
  return found;
}
