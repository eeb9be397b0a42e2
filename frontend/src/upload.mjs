// Choosing a file: drop it anywhere on the field, see its name and size, and watch it leave.
const units = ["B", "KB", "MB", "GB"];

function readable(bytes) {
  let [amount, unit] = [bytes, 0];
  while (amount >= 1024 && unit < units.length - 1) [amount, unit] = [amount / 1024, unit + 1];
  return `${amount.toFixed(unit ? 1 : 0)} ${units[unit]}`;
}

function watch(form) {
  const zone = form.querySelector("[data-drop]");
  const input = zone.querySelector("input[type=file]");
  const chosen = zone.querySelector("[data-chosen]");
  const bar = form.querySelector("[data-sending]");
  const meter = bar.querySelector("progress");
  const text = bar.querySelector("[data-sending-text]");

  const show = () => {
    const file = input.files[0];
    chosen.textContent = file ? `${file.name} · ${readable(file.size)}` : chosen.dataset.nothing;
    zone.classList.toggle("has-file", Boolean(file));
  };
  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });

  form.addEventListener("submit", (event) => {
    if (!form.reportValidity()) return;
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    bar.hidden = false;
    form.querySelector("button[type=submit]").disabled = true;
    request.upload.addEventListener("progress", (sent) => {
      if (!sent.lengthComputable) return;
      meter.value = sent.loaded / sent.total;
      text.textContent = `${text.dataset.sent} ${readable(sent.loaded)} / ${readable(sent.total)}`;
    });
    // The answer is a page (the load's own, or this one with its errors): show it under its own address.
    request.addEventListener("load", () => {
      if (request.status < 400 && request.responseURL && request.responseURL !== form.action) {
        window.location.assign(request.responseURL);
        return;
      }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const fresh = page.getElementById("main");
      if (fresh) document.getElementById("main").replaceWith(fresh);
      document.querySelectorAll("form[data-upload]").forEach(watch);
      document.querySelector("[role=alert]")?.focus();
    });
    request.addEventListener("error", () => {
      form.querySelector("button[type=submit]").disabled = false;
      text.textContent = text.dataset.failed;
    });
    request.send(new FormData(form));
  });
}

document.querySelectorAll("form[data-upload]").forEach(watch);
