"""Ftlint checks datasets for fine-tuning. The program is the one of the same name."""

import os
import sys
import sysconfig

__all__ = ["find_ftlint"]


def find_ftlint() -> str:
    """Return the path of the program that was installed with this package."""
    name = "ftlint" + (sysconfig.get_config_var("EXE") or "")
    places = [sysconfig.get_path("scripts")]
    # pip install --user
    if os.name == "nt":
        places.append(sysconfig.get_path("scripts", scheme="nt_user"))
    elif sys.platform == "darwin" and sys._framework:
        places.append(sysconfig.get_path("scripts", scheme="osx_framework_user"))
    else:
        places.append(sysconfig.get_path("scripts", scheme="posix_user"))
    # pip install --target
    above = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    places.append(os.path.join(above, "bin"))
    places.append(os.path.join(above, "Scripts"))
    for place in places:
        path = os.path.join(place, name)
        if os.path.isfile(path):
            return path
    raise FileNotFoundError("ftlint is in none of " + ", ".join(places))
