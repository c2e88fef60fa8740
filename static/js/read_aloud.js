// Reads the page to somebody who reads little. Every page works without this file.
"use strict";

const reader = document.querySelector("[data-read-aloud]");
if (reader && "speechSynthesis" in window) {
  const start = reader.textContent;
  const parts = "main h1, main h2, main p, main label, main legend, main li, main summary, main .button";

  const stop = () => {
    speechSynthesis.cancel();
    reader.textContent = start;
  };

  const say = () => {
    const texts = [...document.querySelectorAll(parts)]
      .filter((part) => part.offsetParent && !part.querySelector("p, li, label, .button") && !part.closest(".strip-box, .key"))
      .map((part) => part.innerText.trim())
      .filter(Boolean);
    texts.forEach((text, place) => {
      const spoken = new SpeechSynthesisUtterance(text);
      spoken.lang = document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en";
      spoken.rate = 0.9;
      if (place === texts.length - 1) spoken.onend = stop;
      speechSynthesis.speak(spoken);
    });
    reader.textContent = reader.dataset.stop;
  };

  reader.parentElement.hidden = false;
  reader.addEventListener("click", () => (speechSynthesis.speaking ? stop() : say()));
  window.addEventListener("pagehide", () => speechSynthesis.cancel());
}
