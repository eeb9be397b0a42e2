// The progress of a load is swapped in every second; only a change of stage is worth saying aloud.
let told = "";

function tell() {
  const piece = document.querySelector("[data-stage-now]");
  const voice = document.getElementById("load-voice");
  if (!piece || !voice || piece.dataset.stageNow === told) return;
  told = piece.dataset.stageNow;
  voice.textContent = told;
}

document.body.addEventListener("htmx:after:swap", () => {
  tell();
  // A load that came to its end has more to show than its bar: take the whole page again.
  if (document.querySelector("[data-load-ended]")) window.location.reload();
});
