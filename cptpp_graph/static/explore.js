// As you type: asks for the page of the results and shows them here. Without this script the form does the same on Enter.
for (const form of document.querySelectorAll("form[data-found]")) {
  const shown = document.getElementById(form.dataset.found);
  const parts = (root) => [root.querySelector("[role=status]"), root.querySelector("div")];
  let timer, asked;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(form.action + "?" + new URLSearchParams(new FormData(form)), { signal: asked.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("found");
      if (!page) return;
      const [status, list] = parts(shown), [said, found] = parts(page);
      status.textContent = said.textContent;
      list.replaceChildren(...found.childNodes);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  });
}
