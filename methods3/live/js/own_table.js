// Where readers paste or open a table of their own, in the playground.

import { DataError } from "./algebra.js";
import { MOST_BYTES, readTable, textOf } from "./csv.js";
import { element } from "./live.js";

const ID = "playground-own";

/** Put the places into a row; `taken` gets each table, or one without columns and why. */
export function ownTable(row, taken) {
  element(row, "label", { for: ID }, "paste a table with a line of names (CSV)");
  const text = element(row, "textarea", { id: ID, spellcheck: "false" });
  element(row, "label", { for: `${ID}-file` }, "or open a file");
  const file = element(row, "input", { type: "file", id: `${ID}-file`, accept: ".csv,.tsv,.txt" });
  element(row, "p", {}, "It stays in this page: nothing is sent anywhere.");
  const take = (given) => {
    try {
      taken({ ...readTable(given), problem: "" });
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      taken({ names: [], columns: {}, problem: `The table cannot be read: ${error.message}` });
    }
  };
  text.addEventListener("input", () => take(text.value));
  // The same file can be opened again, once it is mended.
  file.addEventListener("click", () => (file.value = ""));
  file.addEventListener("change", async () => {
    if (!file.files.length) return;
    text.value = "";
    take(textOf(await file.files[0].slice(0, MOST_BYTES).arrayBuffer()));
  });
}
