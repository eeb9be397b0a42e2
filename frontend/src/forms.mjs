// Small helps for forms: send when a choice changes, count edited cells, full screen, print.
for (const field of document.querySelectorAll("[data-sends]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

for (const form of document.querySelectorAll("form[data-corrections]")) {
  const counter = form.querySelector("[data-edited]");
  const button = form.querySelector("[data-resend]");
  const count = () => {
    const cells = [...form.querySelectorAll("input[data-was]")];
    let edited = 0;
    for (const cell of cells) {
      const changed = cell.value !== cell.dataset.was;
      cell.closest("td").classList.toggle("is-edited", changed);
      if (changed) edited += 1;
    }
    if (counter) counter.textContent = String(edited);
    if (button) button.disabled = edited === 0;
  };
  form.addEventListener("input", count);
  // Only edited cells travel: a page of fifty rows has more cells than a request may carry fields.
  form.addEventListener("submit", () => {
    for (const cell of form.querySelectorAll("input[data-was]")) cell.disabled = cell.value === cell.dataset.was;
  });
  count();
}

document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]")?.dataset.act;
  if (act === "print") window.print();
  if (act === "refresh") window.location.reload();
  if (act === "full") {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  }
});
for (const button of document.querySelectorAll("[data-act]")) button.hidden = false;
