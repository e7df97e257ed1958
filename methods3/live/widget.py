"""A live figure as a widget of anywidget, which is an optional dependency."""

import anywidget
import traitlets

from methods3.live.bundle import widget_module


class LiveWidget(anywidget.AnyWidget):
    """A live figure in a notebook's cell.

    Attributes
    ----------
    told : dict
        What its script is told: see `methods3.live.figure.Live.told`.
    state : dict
        Where the reader has moved it.
    """

    _esm = widget_module()
    told = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
