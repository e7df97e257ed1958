// A place where readers paste or open a table of their own.

import { DataError } from "./algebra.js";
import { readTable } from "./csv.js";
import { element } from "./live.js";

/** The place, in a row for controls; `take` hears of every table, readable or not. */
export function ownTable(row, take) {
  const id = "playground-own";
  element(row, "label", { for: id }, "paste a table with a line of names (CSV)");
  const text = element(row, "textarea", { id, spellcheck: "false" });
  element(row, "label", { for: `${id}-file` }, "or open a file");
  const kinds = { id: `${id}-file`, accept: ".csv,.tsv,.txt" };
  const file = element(row, "input", { type: "file", ...kinds });
  element(row, "p", {}, "It stays in this page: nothing is sent anywhere.");
  text.addEventListener("input", () => take(read(text.value)));
  file.addEventListener("change", async () => {
    if (!file.files.length) return;
    text.value = "";
    take(read(await file.files[0].text()));
  });
}

/** A table as `readTable` gives it, or none, with the `problem` in words. */
function read(given) {
  try {
    return readTable(given);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { names: [], columns: {}, problem: `The table cannot be read: ${error.message}` };
  }
}
