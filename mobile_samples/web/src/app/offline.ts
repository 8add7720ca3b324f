/** Waits until the service worker serves this page, so that all it loads is kept for when there is no network. */
export async function keepOffline(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("sw.js");
  if (navigator.serviceWorker.controller) return;
  const taken = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
  await Promise.race([taken, new Promise((resolve) => setTimeout(resolve, 3000))]);
}
