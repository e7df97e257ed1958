// What every live figure is made of: controls, panels with axes, points that move, words.
//
// A figure is a function of a `View` and its parameters.  It puts what can change into
// `view.begin({...})`, makes panels and controls, and returns a function that draws the
// present state; the view calls it after every change.  Colours are names of classes, so
// that light and dark pages have their own.

import { d3 } from "./d3.js";
import { format } from "./numbers.js";
import { Panel } from "./panel.js";

// Milliseconds of rest after which a screen reader is told what a figure says.
const REST = 400;
let made = 0;

/** A new element in its parent, with attributes and words. */
export function element(parent, tag, attributes = {}, text = "") {
  const node = parent.ownerDocument.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return parent.appendChild(node);
}

/** One figure: its state, its controls and panels, and what it says in words. */
export class View {
  constructor(box, label, { changed = () => {}, address = null, sizes = [] } = {}) {
    this.changed = changed;
    this.address = address;
    // Width and height of each panel, where not its own.
    this.sizes = [...sizes];
    this.state = {};
    this.controls = [];
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", label);
    this.above = element(box, "div", { class: "settings" });
    this.legends = element(box, "div", { class: "legend" });
    this.middle = element(box, "div", { class: "panels" });
    this.words = element(box, "p", { class: "words" });
    this.heard = element(box, "p", { class: "heard", role: "status" });
    this.below = element(box, "div", { class: "panels" });
  }

  /** State at the start; gives the object that figures read and change. */
  begin(state) {
    return Object.assign(this.state, structuredClone(state));
  }

  /** Draw again, after the state has changed. */
  redraw() {
    for (const control of this.controls) control();
    this.draw();
    this.changed(this.state);
  }

  /** Say in words what the figure shows: at once, and when it rests to those who listen. */
  say(text) {
    this.words.textContent = text;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => (this.heard.textContent = text), REST);
  }

  panel(options) {
    return new Panel(this, options);
  }

  /** What colours mean: `[colour, dashes or not, words]` each. */
  legend(entries) {
    for (const [colour, shape, text] of entries) {
      const entry = element(this.legends, "span");
      element(entry, "i", { class: `${shape} ${colour}` });
      entry.append(text);
    }
  }

  /** A row for a control, which is there only `when` that holds. */
  row(when) {
    const row = element(this.above, "div", { class: "control" });
    if (when) this.controls.push(() => (row.hidden = !when()));
    return row;
  }

  /**
   * A slider of `state[key]`, with the numbers from `min` to `max`, or of `values`.
   * `text` gives the words for a value.
   */
  slider(key, { label, min = 0, max, step = 1, values, text = (v) => format(v, 1), after, when }) {
    const id = `live-${++made}`;
    const row = this.row(when);
    element(row, "label", { for: id }, label);
    const last = values ? values.length - 1 : max;
    const range = element(row, "input", { type: "range", id, min, max: last, step });
    const output = element(row, "output", { for: id });
    range.addEventListener("input", () => {
      const place = Number(range.value);
      this.state[key] = values ? values[place] : place;
      if (after) after();
      this.redraw();
    });
    this.controls.push(() => {
      const value = this.state[key];
      range.value = values ? nearest(values, value) : value;
      output.textContent = text(value);
      range.setAttribute("aria-valuetext", text(value));
    });
  }

  /** A choice of `state[key]` among `[value, words]`; `options` may be a function. */
  choice(key, { label, options, after }) {
    const id = `live-${++made}`;
    const row = this.row();
    element(row, "label", { for: id }, label);
    const select = element(row, "select", { id });
    select.addEventListener("change", () => {
      this.state[key] = select.value;
      if (after) after();
      this.redraw();
    });
    this.controls.push(() => {
      const present = typeof options === "function" ? options() : options;
      d3.select(select)
        .selectAll("option")
        .data(present)
        .join("option")
        .attr("value", (option) => option[0])
        .text((option) => option[1]);
      select.value = this.state[key];
    });
  }

  /** A box to tick: `state[key]` is true or false. */
  tick(key, label) {
    const id = `live-${++made}`;
    const row = this.row();
    const box = element(row, "input", { type: "checkbox", id });
    element(row, "label", { for: id }, label);
    box.addEventListener("change", () => {
      this.state[key] = box.checked;
      this.redraw();
    });
    this.controls.push(() => (box.checked = this.state[key]));
  }

  /** A button; `pressed` changes the state. */
  button(label, pressed, when) {
    const button = element(this.row(when), "button", { type: "button" }, label);
    button.addEventListener("click", () => {
      pressed();
      this.redraw();
    });
  }

  /** A place for numbers: gives a function that takes rows of `[name, value]`. */
  numbers(label) {
    const list = element(this.middle, "dl", { class: "numbers", "aria-label": label });
    return (rows) => {
      const pairs = d3.select(list).selectAll("div").data(rows).join("div");
      pairs.selectAll("dt").data((row) => [row[0]]).join("dt").text((text) => text);
      pairs.selectAll("dd").data((row) => [row[1]]).join("dd").text((text) => text);
    };
  }
}

function nearest(values, value) {
  let best = 0;
  values.forEach((each, i) => {
    const closer = Math.abs(each - value) < Math.abs(values[best] - value);
    if (each === value || closer) best = i;
  });
  return best;
}

