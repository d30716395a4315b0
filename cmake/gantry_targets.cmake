# gantry_add_layer: one layer = one static library = one folder of src.

add_library(gantry_options INTERFACE)
target_compile_features(gantry_options INTERFACE cxx_std_20)
target_compile_options(gantry_options INTERFACE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor)
# In a unit of several sources one may shadow another, and g++ takes them for headers.
target_compile_options(gantry_options INTERFACE
  $<IF:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>,$<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>,-Wshadow>)
# g++ 12 falsely reports the frame allocator of Asio's coroutines as mismatched new and delete, and
# overlapping copies in std::string.
target_compile_options(gantry_options INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete -Wno-restrict>)
if(CMAKE_INTERPROCEDURAL_OPTIMIZATION)
  # g++ 12 names the fields of a coroutine's frame differently in each unit, and reports that at link
  # time as violations of the One Definition Rule; and it believes that Asio copies names of sockets that
  # are longer than their space.
  target_link_options(gantry_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-odr -Wno-stringop-overread>)
endif()
# Checks the annotations of base/mutex.hpp.
target_compile_options(gantry_options INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
target_compile_definitions(gantry_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION
  # A request has about ten nested coroutines; each thread caches memory for that many.
  BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=16
  $<$<NOT:$<BOOL:${GANTRY_STATIC_LIBRARIES}>>:SPDLOG_COMPILED_LIB> SPDLOG_FMT_EXTERNAL)
target_include_directories(gantry_options INTERFACE "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>")

if(GANTRY_CCACHE)
  target_compile_options(gantry_options INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
    "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()

# To compile all layers at once, as for a release, takes less time in few units.
option(GANTRY_UNITY "Compile several sources of a layer as one" OFF)

# What most sources include: parsing these takes half of the time of a small one. header_check finds
# headers that rely on them.
set(gantry_common_headers
  <algorithm> <array> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <optional> <ranges> <span>
  <string> <string_view> <utility> <variant> <vector> <boost/system/result.hpp>)

# gantry_precompile(TARGET SOURCES file... HEADERS header...): not for a few sources, which would not repay it.
function(gantry_precompile target)
  cmake_parse_arguments(PARSE_ARGV 1 given "" "" "SOURCES;HEADERS")
  list(LENGTH given_SOURCES count)
  if(count GREATER_EQUAL 6)
    target_precompile_headers(${target} PRIVATE ${gantry_common_headers} ${given_HEADERS})
  endif()
endfunction()

# gantry_bundle(TARGET SOURCES file... HEADERS header...): few units, or many that share precompiled headers. Two
# sources of a unit cannot have the same name in their anonymous namespaces.
function(gantry_bundle target)
  if(GANTRY_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
  else()
    gantry_precompile(${target} ${ARGN})
  endif()
endfunction()

# gantry_add_layer(NAME [ALIAS name] SOURCES file... [LINK target...] [PRECOMPILE header...])
# Defines the library gantry_NAME. LINK lists everything that its headers include, PRECOMPILE what else most
# of its sources include.
function(gantry_add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "SOURCES;LINK;PRECOMPILE")
  add_library(gantry_${name} STATIC ${layer_SOURCES})
  target_link_libraries(gantry_${name} PUBLIC gantry_options ${layer_LINK})
  gantry_bundle(gantry_${name} SOURCES ${layer_SOURCES} HEADERS ${layer_PRECOMPILE})
endfunction()
