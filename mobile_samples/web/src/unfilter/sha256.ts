/** SHA-256 of `content`, in hexadecimal, by the browser: it takes all of it at once, and copies it meanwhile. */
export async function sha256(content: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
