// Folded answers are open on paper, and as they were afterwards.
window.addEventListener("beforeprint", function () {
  document.querySelectorAll(".bd-article details:not([open])").forEach(function (fold) {
    fold.open = true;
    fold.dataset.printed = "";
  });
});
window.addEventListener("afterprint", function () {
  document.querySelectorAll("details[data-printed]").forEach(function (fold) {
    fold.open = false;
    delete fold.dataset.printed;
  });
});
