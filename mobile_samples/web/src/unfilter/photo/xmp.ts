/** The XMP packet of a file, which is carried without our tag in it. */

import { type Chunk, textChunk, textOf } from "./chunks";

const KEYWORD = "XML:com.adobe.xmp";

export function xmpOf(chunks: Chunk[]): string | null {
  return textOf(chunks, KEYWORD);
}

/** The chunk that carries `packet`; none where there is none. */
export function xmpChunks(packet: string | null): Chunk[] {
  return packet ? [textChunk(KEYWORD, withoutTag(packet))] : [];
}

/** `packet` without the description that holds our tag, as attribute or as element. */
function withoutTag(packet: string): string {
  const own = /<rdf:Description\s[^<>]*xmlns:unfilter=[^<>]*(?:\/>|(?<!\/)>\s*<unfilter:tag>[^<>]*<\/unfilter:tag>\s*<\/rdf:Description\s*>)/g;
  return packet.replace(own, "");
}
