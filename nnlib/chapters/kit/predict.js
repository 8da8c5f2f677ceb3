// A question with its answers as buttons. A choice is answered here, so that no kernel is waited for.

function add(parent, tag, className, text) {
  const part = document.createElement(tag);
  part.className = className;
  part.textContent = text;
  parent.append(part);
  return part;
}

function answer(card, chosen, right, because) {
  for (const button of card.querySelectorAll("button")) {
    const isRight = button.dataset.answer === right;
    const isWrong = button === chosen && !isRight;
    button.setAttribute("aria-pressed", String(button === chosen));
    button.dataset.verdict = isRight ? "right" : isWrong ? "wrong" : "";
    button.textContent = (isRight ? "✓ " : isWrong ? "✗ " : "") + button.dataset.answer;
  }
  const opening = chosen.dataset.answer === right ? "Well predicted: " : "A guess worth remembering. The answer is: ";
  const reply = card.querySelector(".nnlib-predict-reply");
  reply.replaceChildren();
  reply.append(opening);
  add(reply, "strong", "", right);
  reply.append(`. ${because}`);
}

function render({ model, el }) {
  const card = add(el, "div", "nnlib-predict", "");
  card.setAttribute("role", "group");
  card.setAttribute("aria-label", "Predict");
  add(card, "span", "nnlib-predict-sign", "?").setAttribute("aria-hidden", "true");
  const words = add(card, "div", "nnlib-predict-words", "");
  add(words, "strong", "", "Predict");
  add(words, "p", "", model.get("question"));
  const answers = add(words, "div", "nnlib-predict-answers", "");
  for (const text of model.get("answers")) {
    const button = add(answers, "button", "", text);
    button.type = "button";
    button.dataset.answer = text;
    button.setAttribute("aria-pressed", "false");
    // JupyterLab would take Enter for its own, and letters for commands.
    button.setAttribute("data-lm-suppress-shortcuts", "true");
    button.addEventListener("click", () => answer(card, button, model.get("right"), model.get("because")));
  }
  add(words, "p", "nnlib-predict-reply", "").setAttribute("aria-live", "polite");
}

export default { render };
