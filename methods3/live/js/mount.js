// Puts live figures in their places: on a page of the book, and in a notebook's cell.

import { figures } from "./figures.js";
import { View } from "./live.js";
import { css } from "./style.js";

function addStyle(root) {
  if (root.querySelector("style.mlm-live-style")) return;
  const sheet = document.createElement("style");
  sheet.className = "mlm-live-style";
  sheet.textContent = css;
  root.appendChild(sheet);
}

/**
 * Draw a figure in an empty element; gives its view.
 *
 * `changed` hears of every new state.  `address` is that of a page which is the figure's
 * own, so that a state can be told by a link.  `sizes` are those of its panels.
 */
export function draw(box, { figure, label, parameters, state }, options = {}) {
  const view = new View(box, label, options);
  view.draw = figures[figure](view, parameters);
  if (state) Object.assign(view.state, state);
  view.redraw();
  return view;
}

/** Draw every figure of a page in the place of the picture that stands for it. */
export function mountAll(page) {
  for (const place of page.querySelectorAll(".mlm-live[data-live]")) {
    addStyle(page.head);
    const told = JSON.parse(place.querySelector("script").textContent);
    place.removeAttribute("data-live");
    // Again with panels of other sizes, on a slide.
    place.draw = (sizes = []) => {
      const state = place.view ? place.view.state : told.state;
      place.replaceChildren();
      place.view = draw(place, { ...told, state }, { address: window.location, sizes });
    };
    place.draw();
  }
}

/** Draw a figure in a notebook's cell: the function that anywidget calls. */
export function render({ model, el }) {
  addStyle(document.head);
  const box = document.createElement("div");
  box.className = "mlm-live";
  // JupyterLab takes the keys of anything in focus that does not say this.
  box.addEventListener("focusin", ({ target }) => {
    target.dataset.lmSuppressShortcuts = "true";
  });
  el.appendChild(box);
  const changed = (state) => {
    model.set("state", structuredClone(state));
    model.save_changes();
  };
  draw(box, model.get("told"), { changed });
}
