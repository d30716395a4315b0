# The Debian package, made by `scripts/package`, or by the target `package` of a build: the program with its
# manual page and completions, without the library.
find_program(GANTRY_GZIP gzip REQUIRED)
mark_as_advanced(GANTRY_GZIP)

set(GANTRY_MAINTAINER "The Gantry maintainers <gantry@lists.example.org>" CACHE STRING
  "Who answers for the package, with an address")

# Only in the package.
set(documents "${CMAKE_INSTALL_DATADIR}/doc/gantry")
set(changelog "${PROJECT_BINARY_DIR}/changelog.gz")
execute_process(COMMAND "${GANTRY_GZIP}" -9nc "${PROJECT_SOURCE_DIR}/packaging/debian/changelog"
  OUTPUT_FILE "${changelog}" COMMAND_ERROR_IS_FATAL ANY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS packaging/debian/changelog)
install(FILES "${changelog}" "${PROJECT_SOURCE_DIR}/packaging/debian/copyright"
  DESTINATION "${documents}" COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES "${PROJECT_SOURCE_DIR}/packaging/debian/lintian-overrides"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/lintian/overrides" RENAME gantry COMPONENT debian EXCLUDE_FROM_ALL)

# The service.
install(FILES "${PROJECT_SOURCE_DIR}/packaging/systemd/gantry.service"
  "${PROJECT_SOURCE_DIR}/packaging/systemd/gantry.socket"
  DESTINATION /lib/systemd/system COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES "${PROJECT_SOURCE_DIR}/packaging/debian/config.yml"
  DESTINATION /etc/gantry COMPONENT debian EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program debian)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "container registry in memory or in a folder")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Docker, podman, buildah, skopeo, containerd and oras push images to it and
pull them from it. It speaks the OCI distribution protocol and the Docker
Registry HTTP API V2. In memory it is made for tests and local development;
with a folder it keeps content across restarts and crashes.")
set(CPACK_DEBIAN_PACKAGE_NAME gantry)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${GANTRY_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, init-system-helpers (>= 1.54~)")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  "${PROJECT_SOURCE_DIR}/packaging/debian/conffiles"
  "${PROJECT_SOURCE_DIR}/packaging/debian/postinst"
  "${PROJECT_SOURCE_DIR}/packaging/debian/prerm"
  "${PROJECT_SOURCE_DIR}/packaging/debian/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
