/**
 * Serves the app without a network once it was loaded. The app itself is kept on installing; bundles and runtimes, which are
 * larger, when they are first used. Everything is replaced at once when any file of the app changes.
 */

declare const self: ServiceWorkerGlobalScope;
/** Files of the app, and a digest of all that is served; the build puts both in. */
declare const __FILES__: string[];
declare const __VERSION__: string;

const CACHE = `unfilter-${__VERSION__}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(__FILES__)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(self.registration.scope)) event.respondWith(answer(event));
});

/** What is kept, or else what the network gives: that is handed on at once and kept meanwhile, since a copy is not read far ahead of its original. */
async function answer(event: FetchEvent): Promise<Response> {
  const { request } = event;
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) event.waitUntil(cache.put(request, response.clone()).catch(console.warn));
  return response;
}

export {}; // a module, so that `self` can be declared as what it is
