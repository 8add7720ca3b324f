/** The browser's own zlib, which PNG's pixels and profiles are packed with. */

export function deflate(content: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return through(content, new CompressionStream("deflate"));
}

export function inflate(content: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return through(content, new DecompressionStream("deflate"));
}

async function through(content: Uint8Array<ArrayBuffer>, codec: CompressionStream | DecompressionStream) {
  const stream = new Blob([content]).stream().pipeThrough(codec);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
