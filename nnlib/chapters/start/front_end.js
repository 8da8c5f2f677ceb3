// Proves that the page can run the course's widgets, that the kernel hears it, and that its answer comes back.

function render({ model, el }) {
  const say = () => {
    const heard = model.get("heard");
    el.textContent = heard
      ? "✓ This page and the kernel fit together: the sliders will move."
      : "The page is calling the kernel …";
    el.style.color = heard ? "var(--jp-success-color1, #007a57)" : "inherit";
  };
  el.setAttribute("role", "status");
  el.style.fontWeight = "bold";
  say();
  model.on("change:heard", say);
  model.set("called", true);
  model.save_changes();
  return () => model.off("change:heard", say);
}

export default { render };
