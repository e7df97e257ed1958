"""How `formulaic` codes categories and multiplies columns, with R's names.

No column is lost because another has its name.  Slow to import, because `formulaic` is.
"""

import re

from formulaic.materializers.pandas import PandasMaterializer
from formulaic.parser.types import Factor
from interface_meta import override

from mlm.ground.errors import DataError
from mlm.ground.text import label_text


class Materializer(PandasMaterializer):
    """Columns as an array, under names in which factor and level stay apart."""

    REGISTER_NAME = "mlm"
    REGISTER_INPUTS = ()
    REGISTER_OUTPUTS = ("numpy",)

    @override
    def _encode_evaled_factor(self, factor, spec, drop_rows, reduced_rank=False):
        is_new = factor.expr not in spec.encoder_state
        found = super()._encode_evaled_factor(factor, spec, drop_rows, reduced_rank)
        if is_new and factor.metadata.kind is Factor.Kind.CATEGORICAL:
            levels = spec.encoder_state[factor.expr][1].get("categories")
            if levels is not None and len(levels) < 2:
                raise DataError(f"{factor.expr!r} has one level only ({levels[0]!r}).")
        return found

    @override
    def _flatten_encoded_evaled_factor(self, name, values):
        if not isinstance(values, dict):
            return {name: values}
        layout = values.__formulaic_metadata__.get_format()
        prefix = re.search(r"\[(?:T\.)?(.*)\{field\}", layout)[1]
        fields = {k: v for k, v in values.items() if not str(k).startswith("__")}
        return {
            f"{name}{prefix}{label_text(field)}": value
            for field, value in fields.items()
        }
