// A plane with axes, and what can be drawn and moved in it.

import { d3 } from "./d3.js";
import { sequence, within } from "./numbers.js";

const MARGIN = { top: 12, right: 12, bottom: 44, left: 56 };
// Of a panel that does not say how high it is.
const HEIGHT = 280;
// Between the margins, where an axis has room for all of its ticks.
const ROOMY = [240, 160];
// Of the letters in a panel, in its own units: for what must not be cut off.
const LETTER = 7;
let made = 0;

/**
 * A plane with two axes.  What is drawn has a name: drawn again, it replaces itself.
 *
 * A slide may say its width and height, in the units of its letters; a `square` keeps its
 * own.
 */
export class Panel {
  constructor(view, { label, x, y, width: wide = 360, height: own, square, log, ...ticks }) {
    this.view = view;
    // About how many; an axis without any is not drawn.
    this.ticks = { xTicks: 6, yTicks: 6, ...ticks };
    // On a phone a panel is narrower, and its letters as large.
    const size = [Math.min(wide, view.middle.clientWidth || wide), own ?? HEIGHT];
    const given = view.sizes.shift();
    const [width, height] = given && !square ? given : size;
    this.inner = [
      width - MARGIN.left - MARGIN.right,
      height - MARGIN.top - MARGIN.bottom,
    ];
    this.x = (log ? d3.scaleLog() : d3.scaleLinear()).range([0, this.inner[0]]);
    this.y = d3.scaleLinear().range([this.inner[1], 0]);
    this.handlers = {};
    this.current = {};
    this.svg = d3
      .select(view.middle)
      .append("svg")
      .attr("viewBox", `0 0 ${width} ${height}`)
      .attr("data-size", [wide, size[1]])
      .attr("data-shape", square ? "square" : own ? "own" : "free")
      // A wide panel has a row to itself.
      .style("flex-basis", wide > 400 ? "100%" : "300px")
      .style("max-width", `${1.25 * width}px`)
      .attr("role", "img")
      .attr("aria-label", label);
    const clip = `live-clip-${++made}`;
    this.svg
      .append("clipPath")
      .attr("id", clip)
      .append("rect")
      .attr("width", this.inner[0])
      .attr("height", this.inner[1]);
    const plot = this.svg
      .append("g")
      .attr("transform", `translate(${MARGIN.left},${MARGIN.top})`);
    this.axes = plot.append("g").attr("class", "axes").attr("aria-hidden", "true");
    this.axes.append("g").attr("class", "x");
    this.axes.select(".x").attr("transform", `translate(0,${this.inner[1]})`);
    this.axes.append("g").attr("class", "y");
    this.axes.append("text").attr("class", "x label");
    this.axes
      .select(".x.label")
      .attr("transform", `translate(${this.inner[0] / 2},${this.inner[1] + 36})`);
    this.axes.append("text").attr("class", "y label");
    this.axes
      .select(".y.label")
      .attr("transform", `translate(${-45},${this.inner[1] / 2}) rotate(-90)`);
    this.clipped = plot.append("g").attr("clip-path", `url(#${clip})`);
    this.free = plot.append("g");
    this.labels(x.label, y.label);
    this.domains(x.domain, y.domain);
  }

  /** Name the axes. */
  labels(x, y) {
    this.axes.select(".x.label").text(x);
    this.axes.select(".y.label").text(y);
  }

  /** Ends of the axes; what is drawn afterwards follows them. */
  domains(x, y) {
    this.x.domain(x);
    this.y.domain(y);
    const { xTicks, yTicks } = this.ticks;
    const [width, height] = this.inner;
    const draw = (name, axis, count, share) =>
      count &&
      this.axes
        .select(name)
        .call(axis.ticks(Math.max(2, count * Math.min(1, share))).tickSizeOuter(0));
    // Fewer where their numbers would touch.
    draw(".x", d3.axisBottom(this.x), xTicks, width / ROOMY[0]);
    draw(".y", d3.axisLeft(this.y), yTicks, height / ROOMY[1]);
  }

  /** The words for those who do not see it. */
  describe(text) {
    this.svg.attr("aria-label", text);
  }

  layer(name, parent = this.clipped) {
    // No class, which could have a style.
    const found = parent.select(`[data-layer="${name}"]`);
    return found.empty() ? parent.append("g").attr("data-layer", name) : found;
  }

  at([x, y]) {
    return [this.x(x), this.y(y)];
  }

  /** Lines through points: each of `lines` is an array of [x, y]. */
  lines(name, lines, style) {
    const path = (points) => points.length && `M${points.map((p) => this.at(p)).join("L")}`;
    this.layer(name)
      .selectAll("path")
      .data(lines)
      .join("path")
      .attr("class", (_, i) => `line ${typeof style === "function" ? style(i) : style}`)
      .attr("d", (points) => path(points) || null);
  }

  /** Areas inside closed lines. */
  areas(name, lines, style) {
    this.lines(name, lines, style);
    this.layer(name).selectAll("path").classed("line", false).classed("area", true);
  }

  /** Points that stand still. */
  dots(name, points, style, radius = 4) {
    this.layer(name)
      .selectAll("circle")
      .data(points)
      .join("circle")
      .attr("class", (_, i) => `dot ${typeof style === "function" ? style(i) : style}`)
      .attr("r", radius)
      .attr("cx", (p) => this.x(p[0]))
      .attr("cy", (p) => this.y(p[1]));
  }

  /** Words at points: [x, y, text] each. */
  texts(name, entries, style = "") {
    this.layer(name, this.free)
      .selectAll("text")
      .data(entries)
      .join("text")
      .attr("class", style)
      .attr("x", ([x, , text]) => within(this.x(x), this.roomFor(text)))
      .attr("y", (entry) => this.y(entry[1]))
      .text((entry) => entry[2]);
  }

  roomFor(text) {
    return [-MARGIN.left, Math.max(0, this.inner[0] + MARGIN.right - LETTER * text.length)];
  }

  /**
   * Lines of equal height of a function of [x, y] over the panel.  Heights that are not
   * finite count as high.
   */
  contours(name, height, levels, style, cells = 48) {
    const [xs, ys] = [this.x, this.y].map((scale) => {
      const [a, b] = scale.range();
      return sequence(a, b, cells).map((place) => scale.invert(place));
    });
    const values = ys.flatMap((y) => xs.map((x) => height([x, y])));
    const safe = values.map((value) => (Number.isFinite(value) ? value : 1e300));
    const paths = d3.contours().size([cells, cells]).thresholds(levels)(safe);
    const place = ([i, j]) => [
      (this.inner[0] * (i - 0.5)) / (cells - 1),
      this.inner[1] * (1 - (j - 0.5) / (cells - 1)),
    ];
    const ring = (points) => `M${points.map(place).join("L")}Z`;
    this.layer(name)
      .selectAll("path")
      .data(paths)
      .join("path")
      .attr("class", `line ${style}`)
      .attr("d", (shape) => shape.coordinates.flat().map(ring).join("") || null);
  }

  /**
   * Points that readers move, by mouse, finger and keys.
   *
   * `items` have x, y, `label` (what it is), `text` (where it is, in words) and perhaps
   * `gone`.  `moved(i, x, y)` takes the new place; `toggled(i)`, if there is one, takes a
   * point away or brings it back (a double click, Delete).  Of many points one is in the
   * order of the Tab key; with `free` arrows move a point in both directions, else up and
   * down, and Left and Right go to the next one.
   */
  handles(name, items, handlers, style = "blue") {
    this.svg.attr("role", "group");
    this.handlers[name] = handlers;
    const current = Math.min(this.current[name] ?? 0, items.length - 1);
    const along = isLevel(handlers) ? "x" : "y";
    const [least, most] = this[along].domain();
    this.layer(name, this.free)
      .selectAll("g")
      .data(items)
      .join((enter) => this.newHandle(name, enter))
      .attr("transform", (item) => `translate(${this.at([item.x, item.y])})`)
      .attr("class", (item) => `handle ${style}${item.gone ? " gone" : ""}`)
      .attr("tabindex", (_, i) => (i === current ? 0 : -1))
      .attr("aria-label", (item) => item.label)
      .attr("aria-valuetext", (item) => (item.gone ? `${item.text}, left out` : item.text))
      .attr("aria-valuemin", least)
      .attr("aria-valuemax", most)
      .attr("aria-valuenow", (item) => item[along]);
  }

  newHandle(name, enter) {
    const panel = this;
    const group = enter.append("g").attr("role", "slider");
    group.append("circle").attr("class", "reach").attr("r", 13);
    group.append("circle").attr("class", "spot").attr("r", 5);
    const indexOf = (node) => panel.layer(name, panel.free).selectAll("g").nodes().indexOf(node);
    const dragged = d3
      .drag()
      .subject((_, item) => ({ x: panel.x(item.x), y: panel.y(item.y) }))
      .on("start", function () {
        panel.focus(name, indexOf(this));
      })
      .on("drag", function (event) {
        panel.move(name, indexOf(this), panel.x.invert(event.x), panel.y.invert(event.y));
      });
    group
      .call(dragged)
      .on("focus", function () {
        panel.current[name] = indexOf(this);
      })
      .on("dblclick", function () {
        panel.toggle(name, indexOf(this));
      })
      .on("keydown", function (event) {
        panel.pressed(name, indexOf(this), event);
      });
    return group;
  }

  focus(name, i) {
    const nodes = this.layer(name, this.free).selectAll("g").nodes();
    this.current[name] = i;
    nodes.forEach((node, k) => node.setAttribute("tabindex", k === i ? 0 : -1));
    nodes[i].focus({ preventScroll: true });
  }

  move(name, i, x, y) {
    this.handlers[name].moved(i, within(x, this.x.domain()), within(y, this.y.domain()));
    this.view.redraw();
  }

  toggle(name, i) {
    if (!this.handlers[name].toggled) return;
    this.handlers[name].toggled(i);
    this.view.redraw();
  }

  pressed(name, i, event) {
    const nodes = this.layer(name, this.free).selectAll("g");
    const { x, y } = nodes.data()[i];
    const { free, step } = this.handlers[name];
    const large = event.shiftKey || event.key.startsWith("Page") ? 10 : 1;
    const [dx, dy] = (step ?? [this.x, this.y].map(stepOf)).map((size) => size * large);
    const go = (k) => this.focus(name, (k + nodes.size()) % nodes.size());
    // Up is more, as of every slider, also of a point that moves from left to right.
    const up = isLevel(this.handlers[name])
      ? (sign) => this.move(name, i, x + sign * dx, y)
      : (sign) => this.move(name, i, x, y + sign * dy);
    const actions = {
      ArrowUp: () => up(1),
      ArrowDown: () => up(-1),
      PageUp: () => up(1),
      PageDown: () => up(-1),
      ArrowRight: () => (free ? this.move(name, i, x + dx, y) : go(i + 1)),
      ArrowLeft: () => (free ? this.move(name, i, x - dx, y) : go(i - 1)),
      Home: () => go(0),
      End: () => go(-1),
      Delete: () => this.toggle(name, i),
      Backspace: () => this.toggle(name, i),
    };
    if (!(event.key in actions)) return;
    event.preventDefault();
    event.stopPropagation(); // of a notebook's or a slide's own keys
    actions[event.key]();
  }

  /** Which of `points` is the nearest to a place, as they are seen. */
  nearest(points, place) {
    const [across, up] = this.at(place);
    const away = points.map((point) => {
      const [x, y] = this.at(point);
      return Math.hypot(x - across, y - up);
    });
    return away.indexOf(Math.min(...away));
  }

  /** A place in the panel that is clicked, in the units of the axes. */
  clicked(heard) {
    this.svg.on("click", (event) => {
      const box = this.axes.node().getScreenCTM().inverse();
      const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(box);
      const inside = [place.x, place.y].every((at, k) => at >= 0 && at <= this.inner[k]);
      if (!inside) return;
      heard(this.x.invert(place.x), this.y.invert(place.y));
      this.view.redraw();
    });
  }
}

// Whether points move from left to right alone.
function isLevel({ step }) {
  return step?.[1] === 0;
}

// A hundredth of an axis, as a round number.
function stepOf(scale) {
  const [a, b] = scale.domain();
  const rough = Math.abs(b - a) / 100;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((digit) => digit * power >= rough);
}
