# Programs of the runtime's rooms for AArch64, so that tests can run on an x86-64 machine what
# is compiled for the other instruction set, under qemu-user.

set(WEFT_AARCH64_COMPILE ${CMAKE_CXX_COMPILER} --target=aarch64-linux-gnu)
# What a room has and the program does not call, with the libraries it would need, is left out.
set(WEFT_AARCH64_LINK -static -fuse-ld=lld-22 -Wl,--gc-sections)

# Needs clang with Debian's libstdc++-12-dev-arm64-cross; asked once for each build folder.
if(NOT DEFINED WEFT_CAN_BUILD_AARCH64)
  set(probe "${CMAKE_BINARY_DIR}/CMakeFiles/aarch64-probe.cpp")
  file(WRITE "${probe}" "#include <vector>\nint main() { return std::vector<int>().size(); }\n")
  execute_process(COMMAND ${WEFT_AARCH64_COMPILE} ${WEFT_AARCH64_LINK} "${probe}" -o "${probe}.out"
                  RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
  if(NOT failed)
    set(WEFT_CAN_BUILD_AARCH64 ON CACHE INTERNAL "")
  else()
    message(STATUS "No compiler for AArch64 (libstdc++-12-dev-arm64-cross): tests of its code will be skipped")
  endif()
endif()

# weft_aarch64_program(<name> SOURCES ... ROOMS ...)
# Builds bin/<name> statically from the sources given and those of the rooms (targets of
# weft_room, their libraries headers only). A room is compiled as one file that includes its
# sources: what they all include takes most of the time.
function(weft_aarch64_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;ROOMS" ${ARGN})
  set(optimised -O2)
  if(WEFT_QUICK_BUILD)
    set(optimised -O0)
  endif()
  set(objects)
  foreach(unit IN LISTS PROGRAM_SOURCES PROGRAM_ROOMS)
    if(unit IN_LIST PROGRAM_ROOMS)
      get_target_property(folder ${unit} SOURCE_DIR)
      get_target_property(sources ${unit} SOURCES)
      list(FILTER sources INCLUDE REGEX "\\.cpp$")
      list(TRANSFORM sources REPLACE "(.+)" "#include \"${folder}/\\1\"\n")
      set(source "${CMAKE_BINARY_DIR}/aarch64/${unit}.cpp")
      string(CONCAT includes ${sources})
      file(CONFIGURE OUTPUT "${source}" CONTENT "${includes}" @ONLY)
    else()
      cmake_path(ABSOLUTE_PATH unit NORMALIZE OUTPUT_VARIABLE source)
      cmake_path(GET source STEM unit)
    endif()
    set(object "${CMAKE_BINARY_DIR}/aarch64/${unit}.o")
    add_custom_command(
      OUTPUT "${object}"
      COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${WEFT_AARCH64_COMPILE} -std=c++20 ${optimised} -ffunction-sections -fdata-sections
              -Wall -Wextra -Wno-unused-parameter -DFMT_HEADER_ONLY
              -I "${CMAKE_SOURCE_DIR}" -I "${CMAKE_BINARY_DIR}"
              -MD -MF "${object}.d" -c "${source}" -o "${object}"
      DEPENDS "${source}" "${CMAKE_BINARY_DIR}/runtime/artifact/artifact_generated.h"
      DEPFILE "${object}.d"
      COMMENT "Building ${unit} for AArch64"
      VERBATIM)
    list(APPEND objects "${object}")
  endforeach()
  set(program "${CMAKE_BINARY_DIR}/bin/${name}")
  add_custom_command(
    OUTPUT "${program}"
    COMMAND ${WEFT_AARCH64_COMPILE} ${WEFT_AARCH64_LINK} ${objects} -o "${program}"
    DEPENDS ${objects}
    VERBATIM)
  add_custom_target(${name} ALL DEPENDS "${program}")
  add_dependencies(${name} ${PROGRAM_ROOMS})
endfunction()
