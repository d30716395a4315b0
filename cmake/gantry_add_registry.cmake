# gantry_add_registry: a registry that CTest starts before the tests that need it, and stops after them.
#
#   gantry_add_registry(NAME [OPTIONS option...] [TESTS test...])
#
# Adds the tests NAME.start and NAME.stop, which are the fixture of the registry NAME: `gantry serve` on a
# free port of the loopback interface, with OPTIONS (such as --seed false). With TESTS, existing tests of
# this folder require the fixture. Their environment has GANTRY_REGISTRY_FOLDER; the file `url` in it holds
# http://127.0.0.1:40123 while the registry runs.
#
#   gantry_add_registry_test(NAME test REGISTRY name... COMMAND command argument...)
#
# Adds a test that requires the registries. Its environment has the address of the first one:
# DOCKER_REGISTRY_URL is http://127.0.0.1:40123, REGISTRY_HTTP_ADDR is 127.0.0.1:40123. With several
# registries, GANTRY_NAME_URL is the address of each; NAME is in upper case, with underscores for other
# characters. COMMAND is like that of add_test: an executable target, or a program.
#
# A registry ends with the ctest that started it, even if ctest is killed. Tests of one ctest share the
# registries; `ctest -j` runs them at the same time. One build folder has one ctest at a time.
#
# The program is the target gantry of this build if there is one, otherwise GANTRY_PROGRAM.

set(GANTRY_REGISTRY_SCRIPT "${CMAKE_CURRENT_LIST_DIR}/gantry_registry.sh"
  CACHE INTERNAL "Starts and stops registries for CTest")
if(NOT TARGET gantry)
  find_program(GANTRY_PROGRAM gantry REQUIRED
    HINTS "${CMAKE_CURRENT_LIST_DIR}/../../../bin" "${CMAKE_CURRENT_LIST_DIR}/../../../../bin"
      "${CMAKE_CURRENT_LIST_DIR}/../../tools/gantry") # the last one: vcpkg's
endif()

function(gantry_registry_folder name result)
  set(${result} "${CMAKE_CURRENT_BINARY_DIR}/registries/${name}" PARENT_SCOPE)
endfunction()

function(gantry_add_registry name)
  cmake_parse_arguments(PARSE_ARGV 1 registry "" "" "OPTIONS;TESTS")
  if(registry_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "gantry_add_registry(${name}): unknown argument ${registry_UNPARSED_ARGUMENTS}")
  endif()
  gantry_registry_folder(${name} folder)
  if(TARGET gantry)
    set(program "$<TARGET_FILE:gantry>")
    if(NOT TARGET gantry_for_ctest)
      # Below another project, nothing else builds the program.
      add_custom_target(gantry_for_ctest ALL DEPENDS gantry)
    endif()
  else()
    set(program "${GANTRY_PROGRAM}")
  endif()
  add_test(NAME ${name}.start
    COMMAND "${GANTRY_REGISTRY_SCRIPT}" start "${folder}" "${program}" ${registry_OPTIONS})
  add_test(NAME ${name}.stop COMMAND "${GANTRY_REGISTRY_SCRIPT}" stop "${folder}")
  set_tests_properties(${name}.start PROPERTIES FIXTURES_SETUP "registry.${name}" TIMEOUT 60)
  set_tests_properties(${name}.stop PROPERTIES FIXTURES_CLEANUP "registry.${name}" TIMEOUT 60)
  foreach(test IN LISTS registry_TESTS)
    set_property(TEST ${test} APPEND PROPERTY FIXTURES_REQUIRED "registry.${name}")
    set_property(TEST ${test} APPEND PROPERTY ENVIRONMENT "GANTRY_REGISTRY_FOLDER=${folder}")
  endforeach()
endfunction()

function(gantry_add_registry_test)
  cmake_parse_arguments(PARSE_ARGV 0 test "" "NAME" "REGISTRY;COMMAND")
  if(NOT test_NAME OR NOT test_REGISTRY OR NOT test_COMMAND OR test_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "gantry_add_registry_test needs NAME, REGISTRY and COMMAND, and nothing else")
  endif()
  # Functions for lists would split arguments that hold semicolons.
  list(GET test_COMMAND 0 program)
  if(TARGET "${program}")
    string(LENGTH "${program}" length)
    string(SUBSTRING "${test_COMMAND}" ${length} -1 arguments)
    set(test_COMMAND "$<TARGET_FILE:${program}>${arguments}")
  endif()
  set(folders)
  set(fixtures)
  foreach(name IN LISTS test_REGISTRY)
    gantry_registry_folder(${name} folder)
    list(APPEND folders "${folder}")
    list(APPEND fixtures "registry.${name}")
  endforeach()
  add_test(NAME ${test_NAME}
    COMMAND "${GANTRY_REGISTRY_SCRIPT}" run ${folders} -- ${test_COMMAND})
  set_tests_properties(${test_NAME} PROPERTIES FIXTURES_REQUIRED "${fixtures}")
endfunction()
