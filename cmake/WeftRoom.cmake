# One CMake target a room, with its true dependencies, so that the build itself
# enforces which room may see which.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
# LLVM's libraries are not where the system looks by itself.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(WEFT_CCACHE ccache)
if(WEFT_CCACHE)
  # Precompiled headers carry a timestamp unless told not to (see WeftMLIR.cmake); paths
  # below the source tree count from it, so that clones share what was compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${WEFT_CCACHE})
endif()

option(WEFT_SANITIZE "Build with the address and undefined-behaviour sanitizers" OFF)
if(WEFT_SANITIZE)
  # vptr checks need the type information of LLVM's classes across library borders.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr
                      -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

option(WEFT_SANITIZE_THREADS "Build with ThreadSanitizer" OFF)
if(WEFT_SANITIZE_THREADS)
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
endif()

option(WEFT_WERROR "Take warnings of the compiler as errors" OFF)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(precompile ON)
else()
  set(precompile OFF)
endif()
option(WEFT_PRECOMPILE "Precompile the headers that most files include" ${precompile})

option(WEFT_QUICK_BUILD "Compile in less time: several files of a target at once, more headers precompiled, little optimised" OFF)
if(WEFT_QUICK_BUILD)
  # What takes time is LLVM's own code and the kernels that it makes.
  string(REPLACE "-O3" "-O1" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
  string(REPLACE "-g1" "" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")
endif()

# weft_warnings(<target>)
function(weft_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wno-unused-parameter
                         $<$<BOOL:${WEFT_WERROR}>:-Werror>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # It knows not all that clang's sanitizers can be told to leave out.
    # Nor that several files compiled at once are not one header.
    target_compile_options(${target} PRIVATE -Wno-attributes $<$<BOOL:${WEFT_QUICK_BUILD}>:-Wno-subobject-linkage>)
  endif()
endfunction()

# Without the time in it a compiler cache can keep a precompiled header.
set(timeless "")
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND WEFT_PRECOMPILE)
  set(timeless -Xclang -fno-pch-timestamp)
endif()

# weft_precompiled_headers(<name> SOURCES <file that includes the header> HEADER <header> [OPTIONS ...])
# Declares a target whose precompiled header others take by weft_take_headers: those that are
# compiled with the same options that change what the compiler makes of a header.
function(weft_precompiled_headers name)
  cmake_parse_arguments(HEADERS "" "HEADER" "SOURCES;OPTIONS" ${ARGN})
  add_library(${name} OBJECT ${HEADERS_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}")
  if(WEFT_PRECOMPILE)
    target_precompile_headers(${name} PRIVATE ${HEADERS_HEADER})
  endif()
  if(NOT HEADERS_OPTIONS)
    target_compile_options(${name} PRIVATE ${timeless})
  endif()
  weft_warnings(${name})
  if(HEADERS_OPTIONS)
    target_compile_options(${name} PRIVATE ${HEADERS_OPTIONS} ${timeless})
  endif()
endfunction()

# weft_take_headers(<target> <headers>)
function(weft_take_headers target headers)
  if(WEFT_PRECOMPILE)
    target_compile_options(${target} PRIVATE ${timeless})
    target_precompile_headers(${target} REUSE_FROM ${headers})
  endif()
endfunction()

# weft_several_at_once(<target>)
# With WEFT_QUICK_BUILD, up to 16 files of the target are compiled as one: most of the time goes into
# what they include and instantiate.
function(weft_several_at_once target)
  if(WEFT_QUICK_BUILD)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
  endif()
endfunction()

# weft_command_line(<target>)
# A program that is little but the reading of its options. With WEFT_QUICK_BUILD it is not optimised.
function(weft_command_line target)
  if(WEFT_QUICK_BUILD)
    target_compile_options(${target} PRIVATE -O0)
  endif()
endfunction()

# weft_alone(<file>...)
# These files of a target of this folder are compiled by themselves even so: they define names for
# themselves, if only in an anonymous namespace, that others of the target define too.
function(weft_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# weft_room(<name> [PARSES] [COMPUTES] [FUZZED] [RUNS_ONCE] [HEADERS <headers>] SOURCES ... [DEPENDS ...] [PRIVATE ...])
# Declares the library of a room. Includes are written from the top of the tree
# ("runtime/base/Error.h"). PARSES: it reads bytes from outside, and with sanitizers it
# tells libFuzzer (tests/fuzz) which of its branches an input takes. PARSES or COMPUTES: with
# sanitizers it is optimised, as nothing else is: it compiles in three times the time.
# RUNS_ONCE: none of it takes time, so that it is compiled to small code.
# FUZZED: libFuzzer is told its branches and it is not optimised, as some of it parses.
# HEADERS: precompiled headers other than RuntimeHeaders.h, "own" for those that it declares itself.
function(weft_room name)
  cmake_parse_arguments(ROOM "PARSES;COMPUTES;FUZZED;RUNS_ONCE" "HEADERS" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ROOM_SOURCES})
  target_include_directories(${name} PUBLIC
    "$<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>" "$<BUILD_INTERFACE:${CMAKE_BINARY_DIR}>"
    "$<INSTALL_INTERFACE:include/weft>")
  target_link_libraries(${name} PUBLIC ${ROOM_DEPENDS} PRIVATE ${ROOM_PRIVATE})
  weft_warnings(${name})
  weft_several_at_once(${name})
  set(kind "")
  set(options "")
  if(WEFT_SANITIZE AND (ROOM_PARSES OR ROOM_COMPUTES))
    set(kind _computes)
    set(options -O1)
    if(ROOM_PARSES AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      set(kind _parses)
      list(APPEND options -fsanitize=fuzzer-no-link)
    endif()
  endif()
  if(ROOM_RUNS_ONCE AND NOT WEFT_SANITIZE AND NOT WEFT_QUICK_BUILD)
    set(kind _small)
    set(options -Os)
  endif()
  target_compile_options(${name} PRIVATE ${options})
  if(WEFT_SANITIZE AND ROOM_FUZZED AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # What fuzzer-no-link would add, but for what has to be the same in a precompiled header.
    target_compile_options(${name} PRIVATE
      -fsanitize-coverage=inline-8bit-counters,indirect-calls,trace-cmp,pc-table)
  endif()
  if(NOT ROOM_HEADERS AND NOT WEFT_QUICK_BUILD)
    set(ROOM_HEADERS own)
  elseif(NOT ROOM_HEADERS)
    set(ROOM_HEADERS weft_runtime_headers${kind})
    if(NOT TARGET ${ROOM_HEADERS})
      weft_precompiled_headers(${ROOM_HEADERS} SOURCES "${CMAKE_SOURCE_DIR}/cmake/RuntimeHeaders.cpp"
                               HEADER "${CMAKE_SOURCE_DIR}/cmake/RuntimeHeaders.h" OPTIONS ${options})
    endif()
  endif()
  if(NOT ROOM_HEADERS STREQUAL "own")
    weft_take_headers(${name} ${ROOM_HEADERS})
  endif()
endfunction()

# weft_runs_once(<sources> ...)
# These sources of a room of this folder are compiled to small code: what they do takes no time.
function(weft_runs_once)
  if(NOT WEFT_SANITIZE AND NOT WEFT_QUICK_BUILD)
    # Precompiled headers are of other options.
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS -Os SKIP_PRECOMPILE_HEADERS ON)
  endif()
endfunction()
