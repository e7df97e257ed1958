"""Write the simulated data sets: mlm/datasets/simulated_*.csv.

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
STEPS = 60  # trials of a staircase
EACH = 48  # trials a task


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


def politeness():
    """Simulate a study of politeness: 16 speakers in 7 scenarios, polite and informal.

    Pitch varies between speakers with standard deviation 24.2, between scenarios with
    10.3, and within them with 29.8.  Nothing makes it change with duration: both change
    with attitude.  Durations are products, so that they vary more where they are long;
    hisses are counts in proportion to them.  Of 2500 seeds this is the one whose
    estimates are nearest to those that are published, among those without a voice below
    58 Hz.
    """
    rng, rows = np.random.default_rng(4170), []
    speakers = [f"F{j}" for j in range(1, 10)] + [f"M{j}" for j in range(1, 8)]
    level = np.append(_spread(rng, 9, 24.2), _spread(rng, 7, 24.2))
    shift = _spread(rng, 7, 10.3)
    seconds = rng.permutation([8, 10, 12, 14, 18, 23, 62])
    pace = np.exp(_spread(rng, 16, 0.28))
    for j, speaker in enumerate(speakers):
        man = int(speaker[0] == "M")
        for k in range(7):
            for polite, attitude in enumerate(("informal", "polite")):
                mean = 255.6 - 118.2 * man + (-17.2 + 5.5 * man) * polite
                pitch = mean + level[j] + shift[k] + rng.normal(0, 29.8)
                longer = (1 + 0.25 * polite + 0.05 * man) * np.exp(rng.normal(0, 0.18))
                time = seconds[k] * pace[j] * longer
                values = round(time, 2), round(pitch, 1), rng.poisson(0.05 * time)
                rows.append((speaker, speaker[0], k + 1, attitude, *values))
    names = ("subject", "gender", "scenario", "attitude")
    table = pd.DataFrame(rows, columns=[*names, "total_duration", "f0mn", "hisses"])
    table.loc[rng.choice(len(table), 12, replace=False), "f0mn"] = np.nan
    return table


def perception():
    """Simulate 24 people in a task of perception with ratings, after a staircase.

    A rating (PAS, 1 to 4) is drawn from task and person; a right answer depends on the
    rating and the person alone, with log odds 0.1 plus 0, 0.9, 1.9 or 2.9, and standard
    deviation 0.5 between people.  In the staircase, the probability of a right answer
    between two alternatives is 0.5 + 0.48 logit⁻¹(slope (contrast - threshold)):
    nobody is below chance, and one answer in fifty is a lapse.

    Returns
    -------
    trials, staircase : DataFrame
    """
    rng, people, tasks = np.random.default_rng(20241), 24, 3
    ability = rng.normal(0, 0.5, people)
    criterion = rng.normal(0, 1.3, people)  # how readily somebody says "clear"
    apart = np.exp(rng.normal(0, 0.45, people))  # how far apart their ratings are
    speed = rng.normal(0, 0.40, people)  # log seconds
    threshold = np.exp(rng.normal(np.log(0.18), 0.35, people))
    slope = np.exp(rng.normal(np.log(18), 0.35, people))
    trials, staircase = [], []
    for j in range(people):
        subject, contrast, run = f"S{j + 1:02d}", 0.8, 0
        for trial in range(1, STEPS + 1):
            p = 0.5 + 0.48 * _inverse_logit(slope[j] * (contrast - threshold[j]))
            right = rng.random() < p
            staircase.append((subject, trial, round(contrast, 3), int(right)))
            run = run + 1 if right else 0
            if run == 2:
                contrast, run = contrast * 0.82, 0
            elif not right:
                contrast = min(1.0, contrast / 0.82)
        order = rng.permutation(np.repeat(range(tasks), EACH))
        for trial, task in enumerate(order, start=1):
            clear = (0.8, 0.3, 0.0)[task] + criterion[j] + rng.logistic()
            pas = 1 + sum(clear > -0.4 + step * apart[j] for step in (0, 1.3, 2.3))
            p = _inverse_logit(0.1 + (0, 0.9, 1.9, 2.9)[pas - 1] + ability[j])
            right = rng.random() < p
            rt = np.exp(-0.30 + speed[j] - 0.10 * (pas - 1) + rng.normal(0, 0.5))
            name = ("singles", "pairs", "quadruplet")[task]
            trials.append((subject, name, trial, pas, int(right), round(rt, 4)))
    names = ("subject", "task", "trial", "pas", "correct", "rt")
    steps = ("subject", "trial", "contrast", "correct")
    return pd.DataFrame(trials, columns=names), pd.DataFrame(staircase, columns=steps)


def _inverse_logit(eta):
    return 1 / (1 + np.exp(-eta))


def _spread(rng, n, sd):
    """Draw numbers whose mean is 0, and whose standard deviation is exactly that."""
    drawn = rng.normal(size=n)
    drawn -= drawn.mean()
    return sd * drawn / drawn.std(ddof=1)


def main():
    """Simulate all, and write the files."""
    pas, staircase = perception()
    tables = {
        "recognition": recognition(),
        "epochs": epochs(),
        "politeness": politeness(),
        "pas": pas,
        "staircase": staircase,
    }
    for name, table in tables.items():
        target = FOLDER / f"simulated_{name}.csv"
        table.to_csv(target, index=False, lineterminator="\n")
        print(target.name, table.shape)


if __name__ == "__main__":
    main()
