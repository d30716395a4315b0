# The libraries that Gantry uses.

# Static linking: the dynamic loader takes half of the time from exec to the first answer, because it
# maps each library and looks up each of its symbols. Updates of static libraries require a rebuild.
# CAF has no static library in Debian, but GANTRY_COMPILE_CAF makes one.
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
  # Missing in its own configuration.
  target_link_libraries(SQLite::SQLite3 INTERFACE m ${CMAKE_DL_LIBS})
  add_link_options($<$<LINK_LANGUAGE:CXX>:-static-libstdc++> $<$<LINK_LANGUAGE:CXX>:-static-libgcc>)

  # The static libraries have thirty thousand relocations. Packed, their table takes 10 KiB instead of
  # 750 KiB, all of it read at startup. The program then requires glibc 2.36.
  include(CheckLinkerFlag)
  check_linker_flag(CXX -Wl,-z,pack-relative-relocs GANTRY_PACKS_RELOCATIONS)
  if(GANTRY_PACKS_RELOCATIONS)
    add_link_options(-Wl,-z,pack-relative-relocs)
  endif()
endif()

option(GANTRY_COMPILE_CAF "Compile CAF from Debian's source package" OFF)
find_package(CAF 0.17.6 EXACT REQUIRED)
find_package(CLI11 REQUIRED)
find_package(LibArchive 3.6 REQUIRED)
find_package(spdlog REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)

# spdlog and fmt have no static library, but can be compiled header-only.
add_library(gantry_spdlog INTERFACE)
if(GANTRY_STATIC_LIBRARIES)
  find_package(fmt REQUIRED)
  target_link_libraries(gantry_spdlog INTERFACE fmt::fmt-header-only Threads::Threads)
else()
  target_link_libraries(gantry_spdlog INTERFACE spdlog::spdlog)
endif()
