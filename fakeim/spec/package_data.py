"""Data files of packages, read as the import system reads modules: by its own functions, or from a zip file.

So a test may have replaced ``open`` or the file system (pyfakefs).
"""

from __future__ import annotations

from errno import ENOENT
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec
from typing import Any
from zipimport import zipimporter


def package_data(package: str, path: str) -> bytes:
    """Return the content of the file ``path`` of ``package``.

    Raises:
        FileNotFoundError: There is no such file.
        OSError: It cannot be read.
    """
    spec: Any = find_spec(package)
    # Not ``pkgutil.get_data``: it joins paths by ``os.path``, and pyfakefs may have made that one of Windows.
    name = f"{spec.submodule_search_locations[0]}/{path}"
    # Not any loader: that of modules whose assertions pytest rewrites reads by ``open``.
    loader = spec.loader if isinstance(spec.loader, zipimporter) else SourceFileLoader(package, name)
    try:
        data: bytes = loader.get_data(name)
    except OSError as error:
        if error.errno:
            raise
        raise FileNotFoundError(ENOENT, "no such file", name) from None  # as zipimport does not say
    return data
