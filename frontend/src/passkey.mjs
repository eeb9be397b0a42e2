// Passkeys (WebAuthn): a form with data-passkey asks the browser's device when it is sent and carries the answer along.
// Without scripts such a form stays hidden: nothing but a device can fill it in.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list ?? []).map((one) => ({...one, id: bytes(one.id)}));

async function answered(form) {
  const {publicKey} = JSON.parse(form.dataset.asked);
  publicKey.challenge = bytes(publicKey.challenge);
  if (form.dataset.passkey === "create") {
    publicKey.user.id = bytes(publicKey.user.id);
    publicKey.excludeCredentials = known(publicKey.excludeCredentials);
    const made = await navigator.credentials.create({publicKey});
    return {made, response: {clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject)}};
  }
  publicKey.allowCredentials = known(publicKey.allowCredentials);
  const made = await navigator.credentials.get({publicKey});
  const {clientDataJSON, authenticatorData, signature, userHandle} = made.response;
  const response = {clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature)};
  if (userHandle) response.userHandle = text(userHandle);
  return {made, response};
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.elements.answer.value) return;
      event.preventDefault();
      const failed = form.querySelector("[data-passkey-failed]");
      failed.hidden = true;
      try {
        const {made, response} = await answered(form);
        form.elements.answer.value = JSON.stringify({id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {}});
        form.submit();
      } catch {
        failed.hidden = false;
      }
    });
  }
}
