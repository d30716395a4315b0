#!/usr/bin/env python3
"""What can be said about the recipes for vcpkg and Conan without these tools, which Debian does not have.

    recipes_test.py SOURCE_TREE CMAKE
"""

import json
import re
import subprocess
import sys
import tempfile
import types
import unittest
from pathlib import Path

TREE = Path(sys.argv[1]).resolve()
CMAKE = sys.argv[2]
PORT = TREE / "packaging/vcpkg/gantry"
RECIPE = TREE / "packaging/conan/conanfile.py"

# The names of each package that CMake looks for: vcpkg's, and Conan's. Threads is a part of the system.
NAMES = {
    "Boost": ("boost-json", "boost"),
    "CAF": ("caf", None),
    "CLI11": ("cli11", "cli11"),
    "fmt": ("fmt", "fmt"),
    "LibArchive": ("libarchive", "libarchive"),
    "OpenSSL": ("openssl", "openssl"),
    "spdlog": ("spdlog", "spdlog"),
    "SQLite3": ("sqlite3", "sqlite3"),
    "ZLIB": ("zlib", "zlib"),
}

# Functions of vcpkg that print how they are called.
STUBS = """
foreach(name IN ITEMS cmake_configure cmake_install cmake_config_fixup copy_tools install_copyright)
  cmake_language(EVAL CODE "function(vcpkg_${name})
      list(JOIN ARGN \\" \\" arguments)
      message(\\"vcpkg_${name} \\${arguments}\\")
    endfunction()")
endforeach()
set(CURRENT_PACKAGES_DIR "@FOLDER@")
include("@PORT@/portfile.cmake")
"""


def version():
    return re.search(r"project\(gantry VERSION ([0-9.]+)", (TREE / "CMakeLists.txt").read_text())[1]


def packages():
    text = (TREE / "cmake/gantry_libraries.cmake").read_text()
    return set(re.findall(r"find_package\((\w+)", text)) - {"Threads"}


def boost_headers():
    """vcpkg's packages of the parts of Boost that the sources include themselves."""
    found = set()
    for file in [*TREE.glob("src/**/*.[ch]pp"), *TREE.glob("include/**/*.hpp")]:
        found.update(re.findall(r"#include <boost/(\w+)", file.read_text(encoding="utf-8")))
    # Of Boost.Conversion; comes with others.
    found -= {"polymorphic_cast", "polymorphic_pointer_cast"}
    return {"boost-" + name.replace("_", "-") for name in found}


class recorder:
    """Stands for everything in Conan: takes any call."""

    def __init__(self, *_, **__):
        pass

    def __getattr__(self, _):
        return self

    def __call__(self, *_, **__):
        return self


def load_recipe():
    """The recipe's module, with stand-ins for Conan's."""
    stand_ins = {
        "conan": {"ConanFile": object},
        "conan.tools": {},
        "conan.tools.cmake": dict.fromkeys(("CMake", "CMakeDeps", "CMakeToolchain", "cmake_layout"), recorder()),
        "conan.tools.files": {"copy": recorder(), "load": lambda _, path: Path(path).read_text()},
        "conan.tools.system": {},
        "conan.tools.system.package_manager": {"Apt": recorder()},
    }
    for name, members in stand_ins.items():
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(members)
    module = types.ModuleType("conanfile")
    exec(compile(RECIPE.read_text(), str(RECIPE), "exec"), vars(module))
    return module


class vcpkg(unittest.TestCase):
    def setUp(self):
        self.manifest = json.loads((PORT / "vcpkg.json").read_text())
        self.dependencies = {
            each if isinstance(each, str) else each["name"] for each in self.manifest["dependencies"]
        }

    def test_name_and_version_are_those_of_the_project(self):
        self.assertEqual(self.manifest["name"], PORT.name)
        self.assertEqual(self.manifest["version"], version())

    def test_every_package_that_cmake_looks_for_is_a_dependency(self):
        for name in packages():
            self.assertIn(NAMES[name][0], self.dependencies)
        self.assertLessEqual(boost_headers(), self.dependencies)

    def test_the_port_builds_the_tree_that_it_lies_in(self):
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "stubs.cmake"
            script.write_text(STUBS.replace("@FOLDER@", folder).replace("@PORT@", str(PORT)))
            done = subprocess.run([CMAKE, "-P", script], stderr=subprocess.PIPE, text=True, check=True)
        self.assertIn(f"vcpkg_cmake_configure SOURCE_PATH {TREE} OPTIONS", done.stderr)
        licences = re.search(r"FILE_LIST (.*)", done.stderr)[1].split()
        for file in licences:
            self.assertTrue(Path(file).is_file(), file)
        for option in re.findall(r"-D(GANTRY_\w+)=", done.stderr):
            self.assertIn(f"option({option} ", (TREE / "CMakeLists.txt").read_text())


class conan(unittest.TestCase):
    def setUp(self):
        self.module = load_recipe()
        self.recipe = self.module.Gantry()
        self.recipe.recipe_folder = str(RECIPE.parent)

    def test_the_version_is_that_of_the_project(self):
        self.recipe.set_version()
        self.assertEqual(self.recipe.version, version())

    def test_every_package_that_cmake_looks_for_is_required(self):
        required = []
        self.recipe.requires = required.append
        self.recipe.requirements()
        names = {each.split("/")[0] for each in required}
        for name in packages() - {"CAF"}:
            self.assertIn(NAMES[name][1], names)

    def test_the_sources_are_there_and_what_cmake_includes_is_among_them(self):
        for name in self.module.SOURCES:
            self.assertTrue((TREE / name).exists(), name)
        folders = re.findall(r"add_subdirectory\((\w+)", (TREE / "CMakeLists.txt").read_text())
        # Without tests.
        self.assertLessEqual(set(folders) - {"tests", "bench"}, set(self.module.SOURCES))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
