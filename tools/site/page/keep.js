// The site keeps itself in the browser: each file that was used, once, under its hash. So the next visit needs no
// network, and a new edition of the site fetches only what has changed.
const FILES = {}, ELSEWHERE = []; // path → hash; where else files come from that never change
const SITE = new URL("./", location.href).href;
const KEPT = "course";

const pathOf = (address) => {
  const path = decodeURIComponent(address.split(/[?#]/)[0].slice(SITE.length));
  return path === "" || path.endsWith("/") ? `${path}index.html` : path;
};

const keyOf = (address) => {
  if (ELSEWHERE.some((place) => address.startsWith(place))) return address;
  const path = address.startsWith(SITE) ? pathOf(address) : "";
  return Object.hasOwn(FILES, path) ? `${SITE}${path}?kept=${FILES[path]}` : null;
};

const fetchAndKeep = async (address, key) => {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(key);
  if (kept) return kept;
  // "no-cache" asks whether what the browser still has is this edition's
  const came = await fetch(address, { cache: "no-cache" });
  if (came.status === 200) await cache.put(key, came.clone());
  return came;
};

const forgetOldEditions = async () => {
  const cache = await caches.open(KEPT);
  for (const { url } of await cache.keys()) {
    if (!url.includes("?kept=")) continue;
    if (keyOf(url.split("?")[0]) !== url) await cache.delete(url);
  }
};

const keepAll = async (tell) => {
  const paths = Object.keys(FILES);
  for (const [number, path] of paths.entries()) {
    await fetchAndKeep(SITE + path, keyOf(SITE + path));
    if (number % 20 === 0) tell(number / paths.length);
  }
  tell(1);
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || request.headers.has("range")) return;
  const key = keyOf(request.url);
  if (key === null) return;
  event.stopImmediatePropagation(); // what follows is JupyterLite's own
  event.respondWith(fetchAndKeep(request.url, key));
});
self.addEventListener("activate", (event) => event.waitUntil(forgetOldEditions()));
self.addEventListener("message", (event) => {
  if (event.data !== "keep all") return;
  const tell = (share) => event.source.postMessage({ kept: share });
  event.waitUntil(keepAll(tell).catch((error) => event.source.postMessage({ failed: String(error) })));
});
