"""Write mlm/datasets/radon.csv: radon in houses of Minnesota, with uranium by county.

    python scripts/export_radon.py pymc3-3.3.tar.gz

The argument is the source distribution of PyMC3 3.3 (`pip download pymc3==3.3
--no-deps --no-binary :all:`, or from its page on PyPI), whose examples hold the two
files of Gelman & Hill (2007): srrs2.dat, the state surveys of radon, and cty.dat,
uranium by county.  Afterwards `make test` compares the file with provenance.toml.
"""

import hashlib
import io
import sys
import tarfile
from pathlib import Path

import numpy as np
import pandas as pd

SHA256 = "fd728c46cd998c4ecd46fd2c23f9b7884fff6872fca9ea26ed6ebc3337296be9"
FOLDER = "pymc3-3.3/pymc3/examples/data"
TARGET = Path(__file__).parents[1] / "mlm/datasets/radon.csv"


def main(archive):
    """Join houses and counties, as Gelman & Hill do, and write the file."""
    if hashlib.sha256(Path(archive).read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{archive} is not the source distribution of PyMC3 3.3.")
    with tarfile.open(archive) as tar:
        houses, counties = (
            pd.read_csv(io.BytesIO(tar.extractfile(f"{FOLDER}/{name}").read()))
            for name in ("srrs2.dat", "cty.dat")
        )
    houses.columns = houses.columns.str.strip()
    houses = houses[houses["state"] == "MN"]
    houses["fips"] = 1000 * houses["stfips"] + houses["cntyfips"]
    counties["fips"] = 1000 * counties["stfips"] + counties["ctfips"]
    uranium = counties.drop_duplicates("fips").set_index("fips")["Uppm"]
    # The survey reports 0 where nothing was measurable; 0.1, its unit, stands in.
    activity = houses["activity"].where(houses["activity"] > 0, 0.1)
    table = pd.DataFrame(
        {
            "county": houses["county"].str.strip(),
            "floor": houses["floor"].astype(int),
            "activity": houses["activity"],
            "log_radon": np.log(activity),
            "log_radon_plus01": np.log(houses["activity"] + 0.1),
            "log_uranium": np.log(houses["fips"].map(uranium)),
        }
    )
    table.to_csv(TARGET, index=False, lineterminator="\n", float_format="%.15g")
    print(f"radon {table.shape}, {table['county'].nunique()} counties")


if __name__ == "__main__":
    main(sys.argv[1])
