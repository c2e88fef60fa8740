// Reads the page to somebody who reads little, and marks what is being read. Every page works without this file.
"use strict";

const reader = document.querySelector("[data-read-aloud]");
if (reader && "speechSynthesis" in window) {
  const start = reader.textContent;
  const parts = "main h1, main h2, main p, main label, main legend, main li, main summary, main .button";

  const mark = (part) => {
    document.querySelector(".spoken")?.classList.remove("spoken");
    part?.classList.add("spoken");
    part?.scrollIntoView({ block: "nearest" });
  };

  const stop = () => {
    speechSynthesis.cancel();
    mark(null);
    reader.textContent = start;
  };

  const sentences = (part) => {
    const within = [...part.querySelectorAll("[data-sentence]")];
    return within.length ? within : [part];
  };

  const say = () => {
    const shown = [...document.querySelectorAll(parts)]
      .filter((part) => part.offsetParent && !part.querySelector("p, li, label, .button") && !part.closest(".strip-box, .key"))
      .flatMap(sentences)
      .filter((part) => part.innerText.trim());
    shown.forEach((part, place) => {
      const spoken = new SpeechSynthesisUtterance(part.innerText.trim());
      spoken.lang = document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en";
      spoken.rate = 0.9;
      spoken.onstart = () => mark(part);
      if (place === shown.length - 1) spoken.onend = stop;
      speechSynthesis.speak(spoken);
    });
    reader.textContent = reader.dataset.stop;
  };

  reader.parentElement.hidden = false;
  reader.addEventListener("click", () => (speechSynthesis.speaking ? stop() : say()));
  window.addEventListener("pagehide", () => speechSynthesis.cancel());
}
