# The libraries that Gantry is made of.

# Half of the time from exec to the first answer is the dynamic loader's: it maps each library and looks
# up each of its symbols. A program that was linked so is not mended by an update of these libraries: it
# has to be built again. CAF has no static library in Debian.
option(GANTRY_STATIC_LIBRARIES "Link static libraries where there are some, for a quick start" OFF)

if(GANTRY_STATIC_LIBRARIES)
  set(Boost_USE_STATIC_LIBS ON)
  set(OPENSSL_USE_STATIC_LIBS ON)
  set(shared_suffixes "${CMAKE_FIND_LIBRARY_SUFFIXES}")
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
endif()
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
find_package(SQLite3 3.40 REQUIRED)
if(GANTRY_STATIC_LIBRARIES)
  set(CMAKE_FIND_LIBRARY_SUFFIXES "${shared_suffixes}")
  set(Boost_USE_STATIC_LIBS OFF)
  # What its own configuration does not name.
  target_link_libraries(SQLite::SQLite3 INTERFACE m ${CMAKE_DL_LIBS})

  # They bring thirty thousand addresses that the loader relocates: packed, their table takes 10 KiB
  # instead of 750, all of it read at the start. The program then needs glibc 2.36 where it runs.
  include(CheckLinkerFlag)
  check_linker_flag(CXX -Wl,-z,pack-relative-relocs GANTRY_PACKS_RELOCATIONS)
  if(GANTRY_PACKS_RELOCATIONS)
    add_link_options(-Wl,-z,pack-relative-relocs)
  endif()
endif()

find_package(CAF 0.17.6 EXACT REQUIRED)
find_package(CLI11 REQUIRED)
find_package(LibArchive 3.6 REQUIRED)
find_package(spdlog REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)

# spdlog and fmt have no static library, but can be compiled with what uses them.
add_library(gantry_spdlog INTERFACE)
if(GANTRY_STATIC_LIBRARIES)
  find_package(fmt REQUIRED)
  target_link_libraries(gantry_spdlog INTERFACE fmt::fmt-header-only Threads::Threads)
else()
  target_link_libraries(gantry_spdlog INTERFACE spdlog::spdlog)
endif()
