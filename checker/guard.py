"""The start-up guard: `policies` and `providers` are ours, whatever else on the machine has these names.

Both names are generic. A checked repository, a folder in PYTHONPATH, the current folder under `python -m`, or another
installed distribution may hold packages called the same, and the first entry of `sys.path` that has one would win.
Then a foreign package would run inside the checker, or judge with other tables.

So nothing is searched: each package is loaded once from the folder that `checker` itself was loaded from, before
anything is imported from it. From then on Python finds its modules through the loaded package, not through
`sys.path`. `sys.path` stays as it was: to put our folder first would let every neighbour in site-packages hide
modules of the standard library.

Two cases cannot be repaired and end the run. A foreign package was imported before us (by a `.pth` file or
`sitecustomize`). Or another distribution wrote its own `providers` over ours, in the same site-packages: then no file
of ours can be trusted. Our packages are known by the word `euclave` in their `__init__.py`.

What no guard can do from within: a foreign `checker`, `click` or `json` ahead of ours in PYTHONPATH. The console
script in an environment of its own has neither.
"""

from __future__ import annotations

import importlib.util
import os.path
import sys

from checker.errors import EuclaveError

HOME = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
PACKAGES = ("policies", "providers")
HINT = "Install euclave in an environment of its own (pipx install, uv tool install) and unset PYTHONPATH."


def check(home: str = HOME) -> None:
    """Load `policies` and `providers` from `home`, the folder that holds `checker`; a second call changes nothing.

    Raises EuclaveError when a package of that name was imported from elsewhere, is missing, or is not ours.
    """
    for name in PACKAGES:
        expected = os.path.join(home, name, "__init__.py")
        loaded = sys.modules.get(name)
        if loaded is None:
            _load(name, expected)
        elif loaded.__file__ is None or os.path.realpath(loaded.__file__) != expected:
            found = loaded.__file__ or "a folder without __init__.py"
            raise EuclaveError(f"The package {name} was already imported from {found}, not from {home}.", hint=HINT)


def _load(name: str, init: str) -> None:
    if not os.path.isfile(init):
        raise EuclaveError(f"The package {name} of euclave is missing: there is no {init}.", hint=HINT)
    with open(init, "rb") as file:
        if b"euclave" not in file.read():
            raise EuclaveError(f"{init} is not euclave's: another distribution has overwritten it.", hint=HINT)
    spec = importlib.util.spec_from_file_location(name, init)
    if spec is None or spec.loader is None:
        raise EuclaveError(f"The package {name} cannot be loaded from {init}.", hint=HINT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
