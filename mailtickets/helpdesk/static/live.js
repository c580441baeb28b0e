// Keeps a page fresh without reloading it: what is marked data-live is fetched again when the desk
// says that something happened. What somebody is typing stays as it is.
"use strict";

(() => {
  const body = document.body;
  let fetching = false;
  let again = false;

  function local(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const then = new Date(time.dateTime);
      if (Number.isNaN(then.getTime())) continue;
      const today = then.toDateString() === new Date().toDateString();
      time.textContent = today
        ? then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
        : then.toLocaleDateString([], { year: "numeric", month: "short", day: "numeric" });
      time.title = then.toLocaleString();
    }
  }

  function busy(part) {
    return part.contains(document.activeElement) && document.activeElement.matches("input, textarea")
      || part.querySelector("details[open] input") !== null;
  }

  async function refresh() {
    if (fetching) { again = true; return; }
    fetching = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-live]")) {
        const newer = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
        if (newer === null || busy(part)) continue;
        local(newer);
        if (part.innerHTML !== newer.innerHTML) part.replaceChildren(...newer.childNodes);
      }
    } catch {
      // The next event, or the next turn, tries again.
    } finally {
      fetching = false;
      if (again) { again = false; refresh(); }
    }
  }

  for (const input of document.querySelectorAll("[data-remember]")) {
    const name = `mailtickets.${input.dataset.remember}`;
    try {
      input.value = localStorage.getItem(name) || input.value;
      input.addEventListener("change", () => localStorage.setItem(name, input.value));
    } catch {
      // A browser that keeps nothing for us.
    }
  }

  local(document);

  if (body.dataset.feed !== undefined) {
    const feed = new EventSource(`/live?after=${encodeURIComponent(body.dataset.feed)}`);
    const told = (event) => {
      const wanted = body.dataset.ticket;
      if (wanted === undefined || JSON.parse(event.data).ticket === wanted) refresh();
    };
    for (const kind of ["ticket.opened", "comment.added", "status.changed", "delivery.changed"]) {
      feed.addEventListener(kind, told);
    }
  }
  if (body.dataset.refresh !== undefined) {
    setInterval(() => { if (!document.hidden) refresh(); }, Number(body.dataset.refresh) * 1000);
  }
})();
