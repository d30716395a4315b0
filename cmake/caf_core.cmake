# The library caf_core, compiled from the sources of Debian's package, which are kept in the folder build.
set(caf_source "${PROJECT_SOURCE_DIR}/build/caf-0.17.6")
execute_process(COMMAND "${PROJECT_SOURCE_DIR}/scripts/caf_source" "${caf_source}"
  COMMAND_ERROR_IS_FATAL ANY)

file(GLOB_RECURSE caf_files "${caf_source}/libcaf_core/src/*.cpp")
add_library(caf_core STATIC ${caf_files})
find_package(Threads REQUIRED)
target_link_libraries(caf_core PUBLIC Threads::Threads)
target_compile_features(caf_core PRIVATE cxx_std_11)
# Takes a third of the time of separate files. Its warnings are not ours to fix.
target_compile_options(caf_core PRIVATE -w)
set_target_properties(caf_core PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
add_library(CAF::core ALIAS caf_core)
