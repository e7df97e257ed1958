// Columns of numbers and small matrices, for mlm.js.

/** Data that cannot be used as they are; the message says which, and what to do. */
export class DataError extends Error {
  name = "DataError";
}

// As R's lm: a column of which no larger share is new says nothing new.
const COLLINEAR = 1e-7;

export const dot = (a, b) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

/**
 * Columns by name, checked; a single number stands for a column of it.
 *
 * `given` is an object, or pairs `[name, values]`: an object puts a name like "2020" first.
 */
export function columns(given, n) {
  const pairs = Array.isArray(given) ? given : Object.entries(given);
  return pairs.map(([name, values]) => {
    const column = typeof values === "number" ? Array(n).fill(values) : [...values];
    if (column.length !== n)
      throw new DataError(`${name} has ${column.length} values, and y has ${n}.`);
    const bad = column.findIndex((v) => typeof v !== "number" || !Number.isFinite(v));
    if (bad >= 0)
      throw new DataError(
        `${name} is ${column[bad]} in row ${bad + 1}: correct it, or leave it out.`,
      );
    return { name, values: Float64Array.from(column) };
  });
}

/**
 * Orthonormal columns Q, and the upper triangle R, row by row, with columns = Q R.
 *
 * Gram and Schmidt's way, each column twice: once, rounding spoils orthogonality.
 */
export function orthonormal(given) {
  const Q = [], R = given.map(() => given.map(() => 0));
  given.forEach(({ name, values }, k) => {
    const { rest: q, Qty } = without(values, Q), size = Math.sqrt(dot(values, values));
    Qty.forEach((c, i) => (R[i][k] = c));
    R[k][k] = Math.sqrt(dot(q, q));
    if (!(R[k][k] > COLLINEAR * size)) {
      const others = given.slice(0, k).map((other) => other.name).join(", ");
      const why = size === 0 ? "is 0 in every row" : `is determined by ${others}`;
      throw new DataError(`${name} ${why}: it has no effect of its own; leave it out.`);
    }
    Q.push(q.map((v) => v / R[k][k]));
  });
  return { Q, R };
}

/** What orthonormal columns leave of y, and how much there was of each: Qᵀy. */
export function without(y, Q) {
  const rest = y.slice(), Qty = Q.map(() => 0);
  for (let pass = 0; pass < 2; pass++)
    Q.forEach((q, i) => {
      const c = dot(q, rest);
      for (let k = 0; k < y.length; k++) rest[k] -= c * q[k];
      Qty[i] += c;
    });
  return { rest, Qty };
}

// ---- Small matrices, row by row. ----

/** The lower triangle L with L Lᵀ = A; null if A is not positive definite. */
export function cholesky(A) {
  const L = A.map((row) => new Float64Array(row.length));
  for (let i = 0; i < A.length; i++)
    for (let k = 0; k <= i; k++) {
      let rest = A[i][k];
      for (let l = 0; l < k; l++) rest -= L[i][l] * L[k][l];
      if (i === k && !(rest > 0)) return null;
      L[i][k] = i === k ? Math.sqrt(rest) : rest / L[k][k];
    }
  return L;
}

/** L⁻¹ b of a lower triangle, as far as b goes, in the place of b. */
export function forward(L, b) {
  for (let i = 0; i < b.length; i++) {
    for (let k = 0; k < i; k++) b[i] -= L[i][k] * b[k];
    b[i] /= L[i][i];
  }
  return b;
}

/** U⁻¹ b of an upper triangle, of which `at` gives the elements, in the place of b. */
export function backward(at, b) {
  for (let i = b.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < b.length; k++) b[i] -= at(i, k) * b[k];
    b[i] /= at(i, i);
  }
  return b;
}

/** Eigenvalues and eigenvectors (columns) of a symmetric matrix, Jacobi's way. */
export function eigen(A) {
  const n = A.length, D = A.map((row) => [...row]);
  const V = A.map((row, i) => row.map((_, k) => Number(i === k)));
  for (let sweep = 0; sweep < 30; sweep++) {
    let turned = false;
    for (let i = 0; i < n; i++)
      for (let k = i + 1; k < n; k++) {
        const small = 1e-17 * Math.sqrt(Math.abs(D[i][i] * D[k][k]));
        if (Math.abs(D[i][k]) <= small || D[i][k] === 0) continue;
        turned = true;
        const half = (D[k][k] - D[i][i]) / (2 * D[i][k]);
        const t = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(half, 1));
        const c = 1 / Math.hypot(t, 1), s = t * c;
        for (const M of [D, V])
          for (const row of M)
            [row[i], row[k]] = [c * row[i] - s * row[k], s * row[i] + c * row[k]];
        for (let l = 0; l < n; l++)
          [D[i][l], D[k][l]] = [c * D[i][l] - s * D[k][l], s * D[i][l] + c * D[k][l]];
      }
    if (!turned) break;
  }
  return { values: D.map((row, i) => row[i]), vectors: V };
}
