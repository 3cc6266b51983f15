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

# weft_room(<name> [PARSES] [COMPUTES] SOURCES ... [DEPENDS ...] [PRIVATE ...])
# Declares the library of a room. Includes are written from the top of the tree
# ("runtime/base/Error.h"). PARSES: it reads bytes from outside, and with sanitizers it
# tells libFuzzer (tests/fuzz) which of its branches an input takes. PARSES or COMPUTES: with
# sanitizers it is optimised, as nothing else is: it compiles in three times the time.
function(weft_room name)
  cmake_parse_arguments(ROOM "PARSES;COMPUTES" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ROOM_SOURCES})
  target_include_directories(${name} PUBLIC
    "$<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>" "$<BUILD_INTERFACE:${CMAKE_BINARY_DIR}>"
    "$<INSTALL_INTERFACE:include/weft>")
  target_link_libraries(${name} PUBLIC ${ROOM_DEPENDS} PRIVATE ${ROOM_PRIVATE})
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wno-unused-parameter)
  if(WEFT_SANITIZE AND (ROOM_PARSES OR ROOM_COMPUTES))
    target_compile_options(${name} PRIVATE -O1)
  endif()
  if(ROOM_PARSES AND WEFT_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()
