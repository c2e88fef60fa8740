// What a page gains when scripts run. Every page works without this file.
"use strict";

// A counter says how much room is left while somebody types.
for (const counter of document.querySelectorAll("[data-left]")) {
  const field = document.getElementById(counter.dataset.for);
  const tell = () => {
    const left = field.maxLength - field.value.length;
    counter.textContent = counter.dataset.left.replace("{n}", String(left));
  };
  field.addEventListener("input", tell);
  tell();
}

// A form that was typed into asks before it is left. Sending it is not leaving.
for (const form of document.querySelectorAll("form[data-keep]")) {
  let touched = false;
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("submit", () => { touched = false; });
  window.addEventListener("beforeunload", (leaving) => {
    if (touched) leaving.preventDefault();
  });
}

// After a refusal the summary of errors is read first.
document.querySelector(".errors")?.focus();

// On a narrow screen a strip opens at the week we are in.
for (const box of document.querySelectorAll(".strip-box")) {
  const now = box.querySelector("thead .now");
  if (now && box.scrollWidth > box.clientWidth) {
    box.scrollLeft = now.offsetLeft - box.clientWidth + 2 * now.offsetWidth;
  }
}

// Work that takes time is asked for its state until it ends; then the page is laid anew.
const watched = document.querySelector("[data-every]");
if (watched) {
  const ask = async () => {
    try {
      const answer = await fetch(location.href, { headers: { "X-Progress": "1" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const news = page.querySelector("[data-every]");
      if (!answer.ok || !news) return location.reload();
      watched.replaceChildren(...news.childNodes);
    } catch {
      // The connection is gone for a moment: ask again.
    }
    setTimeout(ask, Number(watched.dataset.every) * 1000);
  };
  setTimeout(ask, Number(watched.dataset.every) * 1000);
}
