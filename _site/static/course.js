// Folded answers are open on paper, and as they were afterwards.  Of those that share a
// name only one can be open.
window.addEventListener("beforeprint", function () {
  document.querySelectorAll(".bd-article details:not([open])").forEach(function (fold) {
    fold.dataset.printed = fold.name;
    fold.removeAttribute("name");
    fold.open = true;
  });
});
window.addEventListener("afterprint", function () {
  document.querySelectorAll("details[data-printed]").forEach(function (fold) {
    fold.open = false;
    if (fold.dataset.printed) fold.name = fold.dataset.printed;
    delete fold.dataset.printed;
  });
});

// The self-test: a question is answered by its button, because arrow keys choose whatever
// they pass.  The first answer counts.
document.addEventListener("DOMContentLoaded", function () {
  const test = document.querySelector(".self-test");
  if (!test) return;
  const forms = [...test.querySelectorAll("form")];
  test.classList.add("scripted");
  forms.forEach(function (form) {
    const said = form.querySelector(".said");
    form.querySelector("button").disabled = false;
    form.addEventListener("change", function () {
      said.replaceChildren();
    });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      const chosen = form.querySelector(":checked");
      const answer = chosen.parentElement.querySelector(".answer");
      said.replaceChildren(...answer.cloneNode(true).childNodes);
      if (form.dataset.first) return;
      form.dataset.first = chosen.value;
      const first = forms.map((each) => each.dataset.first).filter(Boolean);
      const right = first.filter((value) => value === "right").length;
      const left = forms.length - first.length;
      test.querySelector(".count").textContent =
        `${right} of ${first.length} right at the first try` +
        (left ? `, ${left} to go.` : ".");
    });
  });
});

// The theme's fold of a chapter with pages below it has no name to read out.
document.addEventListener("DOMContentLoaded", function () {
  document.querySelectorAll("summary:has(> .toctree-toggle)").forEach(function (fold) {
    const chapter = fold.closest("li").querySelector("a").textContent.trim();
    fold.setAttribute("aria-label", `Pages of ${chapter}`);
  });
});
