// On a narrow screen JupyterLab's list of files would leave no room: a chapter opens alone there, without it.
document.addEventListener("DOMContentLoaded", () => {
  if (!matchMedia("(max-width: 45rem)").matches) return;
  for (const link of document.querySelectorAll('a[href*="lab/index.html?path="]')) {
    link.href = link.href.replace("lab/index.html", "notebooks/index.html");
  }
});
