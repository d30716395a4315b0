# What `cmake --install` copies: the program with its manual page and completions, and the library with its
# headers and its package file.

install(TARGETS gantry RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
install(CODE "
  set(gantry_program \"$<TARGET_FILE:gantry>\")
  set(gantry_manuals \"${CMAKE_INSTALL_MANDIR}\")
  set(gantry_share \"${CMAKE_INSTALL_DATADIR}\")" COMPONENT program)
install(SCRIPT "${PROJECT_SOURCE_DIR}/cmake/gantry_install_texts.cmake" COMPONENT program)
# The emulator's name for the same program.
install(CODE "file(CREATE_LINK gantry
  \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/registry\" SYMBOLIC)")

# Not from a build like the preset `release`: only the same compiler could read its libraries, and they
# would need this tree's CAF.
if(CMAKE_INTERPROCEDURAL_OPTIMIZATION OR GANTRY_COMPILE_CAF)
  return()
endif()

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/gantry")

# gantry::gantry, and what it links.
set_target_properties(gantry_embed PROPERTIES EXPORT_NAME gantry)
set(parts actor_api actors api asio_and_beast asio_tls auth base client config config_values domain faults http http_coding jose journal limits listing mcp net otlp replay
  options policy profiles registry retention runtime spdlog storage storage_api synthesis telemetry transfer watch webhooks yaml)
list(TRANSFORM parts PREPEND gantry_)
foreach(part IN LISTS parts)
  string(REPLACE "gantry_" "" name ${part})
  set_target_properties(${part} PROPERTIES EXPORT_NAME ${name})
endforeach()
install(TARGETS gantry_embed ${parts}
  EXPORT gantry ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}/gantry")
install(EXPORT gantry NAMESPACE gantry:: FILE gantry_targets.cmake DESTINATION "${package_folder}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/gantry" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.hpp")

include(CMakePackageConfigHelpers)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/gantry-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/gantry-config-version.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/gantry-config.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/gantry_add_registry.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/FindCAF.cmake"
  DESTINATION "${package_folder}")
install(PROGRAMS "${PROJECT_SOURCE_DIR}/cmake/gantry_registry.sh" DESTINATION "${package_folder}")
