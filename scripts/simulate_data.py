"""Write the two simulated data sets: mlm/datasets/simulated_*.csv.

    python scripts/simulate_data.py

They stand in for published data that cannot be shipped, and are called simulated
wherever they are shown.  Afterwards `make test` compares the files with
provenance.toml.
"""

from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).parents[1] / "mlm/datasets"
PLANNED = 60  # trials a condition


def recognition():
    """Simulate trials of a recognition task, right or wrong: 41 people, 48 trials each.

    Log odds of a right answer are 0.4895 (a probability of 0.62), and vary between
    people with standard deviation 0.4 in experiment 1a, 0.2 in 1b.
    """
    rng, rows, number = np.random.default_rng(20240910), [], 0
    for experiment, people, spread in (("1a", 20, 0.4), ("1b", 21, 0.2)):
        for _ in range(people):
            number += 1
            p = 1 / (1 + np.exp(-(0.4895 + rng.normal(0, spread))))
            for trial in range(1, 49):
                right = int(rng.random() < p)
                rows.append((experiment, f"S{number:02d}", trial, right))
    return pd.DataFrame(rows, columns=["experiment", "subject", "trial", "correct"])


def epochs():
    """Simulate single trials of brain activity, many of them lost: 16 people.

    People differ with standard deviation 2, their effect of condition is 1 on average,
    with standard deviation 0.5, and trials vary with standard deviation 6.
    """
    rng, rows, people = np.random.default_rng(1999), [], 16
    kept = [
        np.round(PLANNED * np.clip(rng.beta(2.2, 1.2, people), 0.05, 0.97)).astype(int)
        for _ in range(2)
    ]
    conditions = (("hit", -0.5), ("correct_rejection", 0.5))
    for j in range(people):
        mean, effect = 10 + rng.normal(0, 2), 1 + rng.normal(0, 0.5)
        for (condition, x), counts in zip(conditions, kept, strict=True):
            for trial in sorted(rng.choice(PLANNED, counts[j], replace=False) + 1):
                y = round(mean + effect * x + rng.normal(0, 6), 3)
                rows.append((f"P{j + 1:02d}", condition, trial, y))
    return pd.DataFrame(rows, columns=["subject", "condition", "trial", "power"])


def main():
    """Simulate both, and write the files."""
    for name, table in (("recognition", recognition()), ("epochs", epochs())):
        target = FOLDER / f"simulated_{name}.csv"
        table.to_csv(target, index=False, lineterminator="\n")
        print(target.name, table.shape)


if __name__ == "__main__":
    main()
