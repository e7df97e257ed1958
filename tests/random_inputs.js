// Do anything that a reader can, `count` times over, to the live figure of a page.
([count, seed]) => {
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const any = list => list[Math.floor(random() * list.length)];
  const box = document.querySelector(".mlm-live");
  const mouse = (type, target, x, y) => target.dispatchEvent(new MouseEvent(type,
    {bubbles: true, cancelable: true, view: window, clientX: x, clientY: y}));
  const keys = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown",
    "Home", "End", "Delete", "Backspace", "x"];
  const inputs = {
    range: range => {
      range.value = Number(range.min) + random() * (range.max - range.min);
      range.dispatchEvent(new Event("input", {bubbles: true}));
    },
    choice: select => {
      if (!select.options.length) return;
      select.value = any([...select.options]).value;
      select.dispatchEvent(new Event("change", {bubbles: true}));
    },
    click: target => target.click(),
    handle: handle => {
      const {x, y} = handle.getBoundingClientRect();
      mouse("mousedown", handle, x + 10, y + 10);
      for (let i = 0; i < 3; i++)
        mouse("mousemove", window, x + 600 * (random() - 0.5), y + 600 * (random() - 0.5));
      mouse("mouseup", window, x, y);
    },
    key: handle => handle.dispatchEvent(new KeyboardEvent("keydown",
      {key: any(keys), shiftKey: random() < 0.3, bubbles: true})),
    twice: handle => mouse("dblclick", handle, 0, 0),
    plane: svg => {
      const {x, y, width, height} = svg.getBoundingClientRect();
      mouse("click", svg, x + width * random(), y + height * random());
    },
  };
  const kinds = [["range", "input[type=range]"], ["choice", "select"],
    ["click", "button, input[type=checkbox]"], ["handle", ".handle"], ["key", ".handle"],
    ["twice", ".handle"], ["plane", "svg"]];
  for (let i = 0; i < count; i++) {
    const [kind, chosen] = any(kinds);
    const targets = [...box.querySelectorAll(chosen)];
    if (targets.length) inputs[kind](any(targets));
    if (i % 20 == 0 && /NaN|undefined|Infinity/.test(box.innerHTML))
      return "after " + i + ": " + box.innerHTML.match(/.{80}(NaN|undefined|Infinity).{9}/)[0];
  }
  return JSON.stringify(box.view.state);
}
