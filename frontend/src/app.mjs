// Everything here only makes pages nicer: each page works without a script.
import "htmx.org/dist/htmx.esm.js";
import "./menu.mjs";
import "./tables.mjs";
import "./upload.mjs";
import "./loads.mjs";
import "./forms.mjs";
import "./place.mjs";
import "./asked.mjs";
import "./passkey.mjs";
