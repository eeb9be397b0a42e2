"""The built-in functions of FEEL (DMN 1.5, 10.3.4); importing this package registers every file in it."""

from importlib import import_module
from pkgutil import iter_modules

for _file in iter_modules(__path__):
    import_module(f"{__name__}.{_file.name}")
