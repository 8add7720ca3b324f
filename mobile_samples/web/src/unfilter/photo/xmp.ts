/** The XMP packet of a file, which is carried without our tag in it; a JPEG has the tag there (R14 of sdk/format/RULES.md). */

import { type Tag, tagFromJson, tagToJson } from "../tag";
import { type Chunk, textChunk, textOf } from "./chunks";

const KEYWORD = "XML:com.adobe.xmp";
const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", NAMESPACE = "https://unfilter.dev/ns/tag/1/";
const PACKET =
  '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n' +
  ` <rdf:RDF xmlns:rdf="${RDF}"></rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>`;
const DECLARED = new RegExp(`xmlns:unfilter=(["'])${NAMESPACE}\\1`);
const VALUE = /unfilter:tag=(?:"([^"<>]*)"|'([^'<>]*)')|<unfilter:tag>([^<>]*)<\/unfilter:tag>/;
const ENTITIES: [string, string][] = [["&amp;", "&"], ["&lt;", "<"], ["&gt;", ">"], ["&quot;", '"'], ["&apos;", "'"], ["&#34;", '"'], ["&#39;", "'"]];

export function xmpOf(chunks: Chunk[]): string | null {
  return textOf(chunks, KEYWORD);
}

/** The chunk that carries `packet`; none where there is none, or nothing but our tag in it. */
export function xmpChunks(packet: string | null): Chunk[] {
  const rest = packet && withoutTag(packet);
  return rest && rest.replace(/\s/g, "") !== PACKET.replace(/\s/g, "") ? [textChunk(KEYWORD, rest)] : [];
}

/** The tag in an XMP packet; null where there is none. */
export function tagOfXmp(packet: string): Tag | null {
  const found = DECLARED.test(packet) ? VALUE.exec(packet) : null;
  const text = found && (found[1] ?? found[2] ?? found[3]);
  return text ? tagFromJson(text.replace(/&(?:amp|lt|gt|quot|apos|#34|#39);/g, (entity) => Object.fromEntries(ENTITIES)[entity]!)) : null;
}

/** `packet` (null: a new one) with the tag in a description of its own. */
export function withTag(packet: string | null, tag: Tag): string {
  const value = ENTITIES.slice(0, 4).reduce((text, [entity, letter]) => text.replaceAll(letter, entity), tagToJson(tag));
  const description = `<rdf:Description xmlns:rdf="${RDF}" rdf:about="" xmlns:unfilter="${NAMESPACE}" unfilter:tag="${value}"/>`;
  const given = packet ? withoutTag(packet) : PACKET;
  const rest = /<\/[A-Za-z_][\w.-]*:RDF\s*>/.test(given) ? given : PACKET;
  const end = [...rest.matchAll(/<\/[A-Za-z_][\w.-]*:RDF\s*>/g)].at(-1)!.index;
  return rest.slice(0, end) + description + rest.slice(end);
}

/** `packet` without the description that holds our tag, as attribute or as element. */
function withoutTag(packet: string): string {
  const own = /<rdf:Description\s[^<>]*xmlns:unfilter=[^<>]*(?:\/>|(?<!\/)>\s*<unfilter:tag>[^<>]*<\/unfilter:tag>\s*<\/rdf:Description\s*>)/g;
  return packet.replace(own, "");
}
