# Uses ccache if it is installed and no other launcher is configured. Precompiled headers need these
# settings and the options in gantry_targets.cmake; otherwise their users are not cached.
find_program(GANTRY_CCACHE ccache)
mark_as_advanced(GANTRY_CCACHE)
if(GANTRY_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    "${GANTRY_CCACHE}")
endif()
