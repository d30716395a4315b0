"""The recipe of Gantry for Conan 2: `conan create packaging/conan`, on Debian 12."""

import os
import re

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load
from conan.tools.system.package_manager import Apt

# What a build needs of the source tree.
SOURCES = ("CMakeLists.txt", "LICENSE", "cmake", "include", "packaging", "scripts", "src")


class Gantry(ConanFile):
    name = "gantry"
    description = "A container registry in memory or in a folder: a program, and a library for tests"
    license = "Apache-2.0"
    topics = ("container", "registry", "oci", "testing")
    package_type = "static-library"
    settings = "os", "compiler", "build_type", "arch"

    @property
    def tree(self):
        return os.path.join(self.recipe_folder, "..", "..")

    def set_version(self):
        project = load(self, os.path.join(self.tree, "CMakeLists.txt"))
        self.version = re.search(r"project\(gantry VERSION ([0-9.]+)", project).group(1)

    def export_sources(self):
        for name in SOURCES:
            for pattern in (name, name + "/*"):
                copy(self, pattern, self.tree, self.export_sources_folder)

    def requirements(self):
        self.requires("boost/1.81.0")
        self.requires("cli11/2.3.2")
        self.requires("fmt/9.1.0")
        self.requires("libarchive/3.6.2")
        self.requires("openssl/[>=3.0 <4]")
        self.requires("spdlog/1.11.0")
        self.requires("sqlite3/3.40.1")
        self.requires("yaml-cpp/0.7.0")
        self.requires("zlib/[>=1.2.13 <2]")

    def system_requirements(self):
        # Conan Center has no CAF 0.17, which Debian has.
        Apt(self).install(["libcaf-dev"], update=True, check=True)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["BUILD_TESTING"] = False
        toolchain.cache_variables["GANTRY_INSTALL"] = True
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        # The library is used by its own package file.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = ["lib/cmake/gantry"]
        self.cpp_info.bindirs = ["bin"]
