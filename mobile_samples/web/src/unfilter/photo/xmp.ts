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
  const rest = packet && withoutClaims(withoutTag(packet));
  return rest && rest.replace(/\s/g, "") !== PACKET.replace(/\s/g, "") ? [textChunk(KEYWORD, rest)] : [];
}

/** `chunks`, with the tag in their XMP packet too: converters of PNG carry that, and not text (R22). */
export function taggedChunks(chunks: Chunk[], tag: Tag | null): Chunk[] {
  if (!tag) return chunks;
  const packet = xmpOf(chunks);
  const rest = packet === null ? chunks : chunks.filter((chunk) => textOf([chunk], KEYWORD) === null);
  return [...rest, textChunk(KEYWORD, withTag(packet, tag))];
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

const GOOGLE = "http://ns.google.com/photos";
/** Usual prefixes, namespaces and names of properties that claim what a filtered photo does not have, or show it as it was (R24). */
const CLAIMS: [prefix: string, namespace: string, names: string][] = [
  ["hdrgm", "http://ns.adobe.com/hdr-gain-map/1.0/", "\\w+"],
  ["HDRGainMap", "http://ns.apple.com/HDRGainMap/1.0/", "\\w+"],
  ["GCamera", `${GOOGLE}/1.0/camera/`, "(?:MicroVideo|MotionPhoto)\\w*"],
  ["Container", `${GOOGLE}/1.0/container/`, "Directory"],
  ["GDepth", `${GOOGLE}/1.0/depthmap/`, "\\w+"],
  ["Device", `${GOOGLE}/dd/1.0/device/`, "\\w+"],
  ["GImage", `${GOOGLE}/1.0/image/`, "\\w+"],
  ["xmpNote", "http://ns.adobe.com/xmp/note/", "HasExtendedXMP"],
  ["xmp", "http://ns.adobe.com/xap/1.0/", "Thumbnails"],
];

/** `packet` without those properties, as attributes or as elements. */
export function withoutClaims(packet: string): string {
  let rest = packet;
  for (const [usual, namespace, names] of CLAIMS) {
    const declaration = new RegExp(`xmlns:([A-Za-z_][\\w.-]*)\\s*=\\s*["']${namespace.replaceAll(".", "\\.")}["']`, "g");
    const declared = [...rest.matchAll(declaration)].map(([, prefix]) => prefix!.replaceAll(".", "\\."));
    const undeclared = rest.includes(`xmlns:${usual}=`) ? [] : [usual];
    for (const prefix of new Set([...declared, ...undeclared])) {
      rest = rest.replace(new RegExp(`\\s${prefix}:(?:${names})\\s*=\\s*(?:"[^"<>]*"|'[^'<>]*')`, "g"), "");
      rest = withoutElements(rest, new RegExp(`<(${prefix}:(?:${names}))(?=[\\s/>])[^<>]*>`));
    }
  }
  return rest;
}

/** `packet` without the elements that begin so, up to the first that does not end. */
function withoutElements(packet: string, opening: RegExp): string {
  let kept = "", rest = packet;
  for (let begun = opening.exec(rest); begun; begun = opening.exec(rest)) {
    const close = `</${begun[1]}>`;
    const inner = begun.index + begun[0].length;
    const end = begun[0].endsWith("/>") ? inner : rest.indexOf(close, inner) + close.length;
    if (end < inner) break;
    kept += rest.slice(0, begun.index);
    rest = rest.slice(end);
  }
  return kept + rest;
}
