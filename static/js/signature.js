// A box to sign in. The strokes are data: they survive turning the phone, a reload and a lost connection.
"use strict";

for (const form of document.querySelectorAll("[data-sign-form]")) {
  const box = form.querySelector("[data-pad]");
  const canvas = box.querySelector("canvas");
  const field = form.querySelector("[name=strokes]");
  const once = form.querySelector("[name=once]");
  const offline = box.querySelector("[data-offline]");
  const kept = `signature:${form.action}`;
  let sheet = { width: 0, height: 0, strokes: [] };
  let began = 0;
  let drawing = null;

  const scale = () => Math.min(canvas.clientWidth / sheet.width, canvas.clientHeight / sheet.height) || 1;

  const draw = () => {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    const pen = canvas.getContext("2d");
    pen.scale(ratio * scale(), ratio * scale());
    pen.lineWidth = 2.5 / scale();
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(canvas).color;
    for (const stroke of sheet.strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], place) => (place ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      if (stroke.length === 1) pen.lineTo(stroke[0][0] + 1, stroke[0][1]);
      pen.stroke();
    }
  };

  const keep = () => {
    field.value = sheet.strokes.length ? JSON.stringify(sheet) : "";
    try {
      if (sheet.strokes.length) sessionStorage.setItem(kept, JSON.stringify({ sheet, once: once.value }));
      else sessionStorage.removeItem(kept);
    } catch { /* a browser that keeps nothing still signs */ }
    draw();
  };

  const restore = () => {
    try {
      const before = JSON.parse(sessionStorage.getItem(kept) || "null");
      if (!before) return;
      sheet = before.sheet;
      // The same word as before: what was sent and whose answer was lost is not done twice.
      once.value = before.once;
      field.value = JSON.stringify(sheet);
    } catch { /* nothing was kept */ }
  };

  const point = (event) => {
    const at = canvas.getBoundingClientRect();
    const x = Math.max(0, Math.round((event.clientX - at.left) / scale()));
    const y = Math.max(0, Math.round((event.clientY - at.top) / scale()));
    sheet.width = Math.max(sheet.width, x);
    sheet.height = Math.max(sheet.height, y);
    return [x, y, Math.round(event.timeStamp - began), Math.round((event.pressure || 0) * 1000)];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (!sheet.strokes.length) {
      sheet = { width: canvas.clientWidth, height: canvas.clientHeight, strokes: [] };
      began = event.timeStamp;
    }
    if (!began) began = event.timeStamp;
    canvas.setPointerCapture(event.pointerId);
    drawing = [point(event)];
    sheet.strokes.push(drawing);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) drawing.push(point(one));
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      drawing = null;
      keep();
    });
  }
  box.querySelector("[data-undo]").addEventListener("click", () => {
    sheet.strokes.pop();
    keep();
  });
  box.querySelector("[data-clear]").addEventListener("click", () => {
    sheet.strokes = [];
    keep();
  });
  new ResizeObserver(draw).observe(canvas);
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    offline.textContent = offline.dataset.offline;
  });

  box.hidden = false;
  restore();
  draw();
}
