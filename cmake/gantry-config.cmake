# The installed package: find_package(gantry) defines gantry::gantry and gantry_add_registry.
include(CMakeFindDependencyMacro)

# FindCAF.cmake is beside this file.
set(gantry_module_path "${CMAKE_MODULE_PATH}")
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
find_dependency(Boost 1.81 COMPONENTS json)
find_dependency(CAF 0.17.6 EXACT)
find_dependency(OpenSSL 3.0 COMPONENTS Crypto)
find_dependency(spdlog)
find_dependency(SQLite3 3.40)
find_dependency(Threads)
set(CMAKE_MODULE_PATH "${gantry_module_path}")
unset(gantry_module_path)

include("${CMAKE_CURRENT_LIST_DIR}/gantry_targets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/gantry_add_registry.cmake")
