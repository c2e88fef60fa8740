// Asks the device for a passkey: makes one, or lets one answer. Without this file the code of the app is the way in.
"use strict";

const asking = document.querySelector("form[data-passkey]");
if (asking) {
  const said = asking.querySelector("[data-passkey-said]");
  const button = asking.querySelector("button");

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const asked = () => {
    const options = JSON.parse(asking.dataset.options);
    options.challenge = bytes(options.challenge);
    if (asking.dataset.passkey === "make") {
      options.user.id = bytes(options.user.id);
      options.excludeCredentials = known(options.excludeCredentials);
      return navigator.credentials.create({ publicKey: options });
    }
    options.allowCredentials = known(options.allowCredentials);
    return navigator.credentials.get({ publicKey: options });
  };

  const written = ({ id, rawId, type, response }) => {
    const parts = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) parts[name] = text(response[name]);
    }
    return JSON.stringify({ id, rawId: text(rawId), type, response: parts, clientExtensionResults: {} });
  };

  const ask = async () => {
    said.hidden = true;
    try {
      asking.elements.answer.value = written(await asked());
      asking.submit();
    } catch {
      said.hidden = false;
    }
  };

  if (window.PublicKeyCredential) {
    button.hidden = false;
    button.addEventListener("click", ask);
  } else {
    said.hidden = false;
  }
}
