// The front page starts what keeps the site in the browser, so that the first chapter already comes through it.
(() => {
  const button = document.getElementById("keep"), told = document.getElementById("kept");
  if (!("serviceWorker" in navigator)) return;
  // by the address that JupyterLite gives it too: another one would be another worker
  navigator.serviceWorker.register("service-worker.js?enableCache=false");
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data.failed) told.textContent = `Not everything could be fetched (${data.failed}). Try again.`;
    if (data.kept === undefined) return;
    told.textContent = data.kept < 1 ? `${Math.round(100 * data.kept)} %` : "All of it is here. No network is needed any more.";
  });
  button.hidden = false;
  button.addEventListener("click", async () => {
    told.textContent = "0 %";
    (await navigator.serviceWorker.ready).active.postMessage("keep all");
  });
})();
