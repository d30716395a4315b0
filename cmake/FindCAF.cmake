# Finds Debian's libcaf-dev 0.17, which ships no package file. Defines CAF::core and CAF_VERSION.
# Installed beside the package file of Gantry, which links CAF.
#
# With GANTRY_COMPILE_CAF the headers are Debian's and the library is compiled in this tree, with this
# tree's flags. ThreadSanitizer needs that: without instrumentation it does not see that mailboxes pass
# messages between threads, and reports every message as a race. The release build needs it for
# link-time optimisation and a quick start.
find_path(CAF_INCLUDE_DIR caf/config.hpp)
if(GANTRY_COMPILE_CAF)
  include(caf_core)
  set(CAF_CORE_LIBRARY caf_core)
else()
  find_library(CAF_CORE_LIBRARY caf_core)
endif()
mark_as_advanced(CAF_INCLUDE_DIR CAF_CORE_LIBRARY)

if(CAF_INCLUDE_DIR)
  # One number: 1706 is 0.17.6.
  file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" _caf_number REGEX "^#define CAF_VERSION [0-9]+")
  string(REGEX REPLACE "[^0-9]" "" _caf_number "${_caf_number}")
  math(EXPR _caf_major "${_caf_number} / 10000")
  math(EXPR _caf_minor "${_caf_number} / 100 % 100")
  math(EXPR _caf_patch "${_caf_number} % 100")
  set(CAF_VERSION "${_caf_major}.${_caf_minor}.${_caf_patch}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAF
  REQUIRED_VARS CAF_CORE_LIBRARY CAF_INCLUDE_DIR
  VERSION_VAR CAF_VERSION)

if(CAF_FOUND AND NOT TARGET CAF::core)
  find_package(Threads REQUIRED)
  add_library(CAF::core SHARED IMPORTED)
  set_target_properties(CAF::core PROPERTIES
    IMPORTED_LOCATION "${CAF_CORE_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
