# gantry_add_tests: one binary per layer, one CTest entry per file.

# What a test program shares with all others: parsing this takes longer than the rest of most tests. Nothing of
# Asio, whose headers need its library.
set(gantry_test_headers <boost/test/unit_test.hpp> <boost/test/data/test_case.hpp> <boost/json.hpp>)

# Their sources cannot share a unit: helpers clash, or suites have the names of types that others use.
set(gantry_tests_without_unity docs domain embed journal)

# gantry_add_tests(LAYER SOURCES stem_test.cpp... [LINK target...] [PRECOMPILE header...] [TIMEOUT seconds])
# PRECOMPILE: what else a program's many sources include, if that is worth precompiled headers of its own.
# Each file `stem_test.cpp` holds the suite `stem`, which becomes the test `LAYER.stem` with the label LAYER.
function(gantry_add_tests layer)
  cmake_parse_arguments(PARSE_ARGV 1 tests "" "TIMEOUT" "SOURCES;LINK;PRECOMPILE")
  if(NOT tests_TIMEOUT)
    set(tests_TIMEOUT 120)
  endif()
  add_executable(${layer}_tests ${tests_SOURCES})
  target_link_libraries(${layer}_tests PRIVATE gantry_test_support ${tests_LINK})
  set(shares_units OFF)
  if(GANTRY_UNITY AND NOT layer IN_LIST gantry_tests_without_unity)
    set(shares_units ON)
    set_target_properties(${layer}_tests PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
  if(tests_PRECOMPILE AND NOT shares_units)
    target_precompile_headers(${layer}_tests PRIVATE
      ${gantry_common_headers} ${gantry_test_headers} ${tests_PRECOMPILE})
  else()
    target_precompile_headers(${layer}_tests REUSE_FROM gantry_test_support)
  endif()
  foreach(source IN LISTS tests_SOURCES)
    if(source MATCHES "^(.+)_test\\.cpp$")
      set(stem ${CMAKE_MATCH_1})
      # A suite of another name would never run.
      file(STRINGS "${source}" suites REGEX "^BOOST_(AUTO|FIXTURE)_TEST_SUITE\\(")
      foreach(suite IN LISTS suites)
        if(NOT suite MATCHES "SUITE\\(${stem}[,)]")
          message(FATAL_ERROR "${layer}/${source}: the suite must be called ${stem}: ${suite}")
        endif()
      endforeach()
      add_test(NAME ${layer}.${stem} COMMAND ${layer}_tests --run_test=${stem} --log_level=test_suite)
      set_tests_properties(${layer}.${stem} PROPERTIES LABELS ${layer} TIMEOUT ${tests_TIMEOUT})
    endif()
  endforeach()
endfunction()
