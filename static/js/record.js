// The form of a visit: judged while it is typed, and kept on the server as one types.
"use strict";

const form = document.querySelector("form.record");
if (form) {
  const verdict = document.getElementById("verdict");
  const kept = document.getElementById("kept");
  let waiting = 0;
  let sending = false;
  let asked_last = 0;
  let typed_last = 0;
  let keeping = false;
  let has_more = false;

  // Of two answers on the way the older one may come last: only that to the newest question is shown.
  const judge = async () => {
    const question = ++asked_last;
    const asked = new URL(form.dataset.verdict, location.href);
    for (const name of ["arrived", "left", "mode", "second_teacher", "makes_up_for"]) {
      asked.searchParams.set(name, new FormData(form).get(name) ?? "");
    }
    try {
      const answer = await fetch(asked);
      const words = await answer.text();
      if (question === asked_last && answer.ok && !answer.redirected) verdict.innerHTML = words;
    } catch {
      // The server judges again when the visit is recorded.
    }
  };

  // One after the other: of two on the way the older one might be written last.
  const keep = async () => {
    clearTimeout(waiting);
    has_more = keeping;
    if (keeping || sending) return;
    keeping = true;
    await send_draft();
    keeping = false;
    if (has_more) keep();
  };

  // Only an answer of the server makes the page say that something is kept, and only if nothing was typed since.
  const send_draft = async () => {
    const typed = typed_last;
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (sending) return;
      if (!answer.ok) throw new Error(String(answer.status));
      const words = await answer.text();
      if (typed === typed_last) kept.textContent = words.trim();
    } catch {
      kept.textContent = kept.dataset.failed;
      waiting = setTimeout(keep, 10000);
    }
  };

  // Questions that only some visits raise stay out of the way until they are raised.
  const raised = {
    place: (answers) => answers.get("mode") !== "home",
    carer_words: (answers) => answers.get("carer") === "else",
    incident: (answers) => answers.get("has_incident") === "yes",
  };
  const fold = () => {
    const answers = new FormData(form);
    for (const [name, isRaised] of Object.entries(raised)) {
      const field = form.elements[name];
      field.closest(".question").hidden = !isRaised(answers) && !field.value;
    }
  };
  fold();
  // The verdict comes by itself.
  form.querySelector(".check").hidden = true;

  form.addEventListener("input", (typed) => {
    fold();
    typed_last++;
    kept.textContent = kept.dataset.unsaved;
    clearTimeout(waiting);
    waiting = setTimeout(keep, 1500);
    if (typed.target.dataset.judged !== undefined || typed.target.name === "mode") judge();
  });
  form.addEventListener("change", keep);
  form.addEventListener("submit", () => {
    sending = true;
    clearTimeout(waiting);
    form.elements.device_at.value = new Date().toISOString();
  });
}
