// A form that is drawn again while somebody types keeps what stands in it now, not what stood in it when it was sent.
const ASKED = "form.asked-form";
let held = [];

function said(field) {
  if (field.type === "file" || field.type === "hidden" || field.type === "submit" || !field.id) return null;
  return field.type === "radio" || field.type === "checkbox" ? field.checked : field.value;
}

document.body.addEventListener("htmx:before:swap", () => {
  const form = document.querySelector(ASKED);
  held = form ? [...form.elements].map((field) => [field.id, said(field)]).filter(([, value]) => value !== null) : [];
});

document.body.addEventListener("htmx:after:swap", () => {
  for (const [id, value] of held) {
    const field = document.getElementById(id);
    if (!field || !field.closest(ASKED)) continue;
    if (typeof value === "boolean") field.checked = value;
    else if (field.value !== value) field.value = value;
  }
  held = [];
});
