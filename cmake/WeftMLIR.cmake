# LLVM/MLIR 22 as Debian ships it: one shared libMLIR and one shared libLLVM.

find_package(MLIR 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)

# A precompiled header of the MLIR core, built once and used by every room of the
# compiler: it halves the time of a clean build.
weft_precompiled_headers(weft_mlir SOURCES "${CMAKE_SOURCE_DIR}/cmake/MLIRHeaders.cpp"
                         HEADER "${CMAKE_SOURCE_DIR}/cmake/MLIRHeaders.h")
target_include_directories(weft_mlir SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
target_include_directories(weft_mlir PRIVATE "${CMAKE_BINARY_DIR}")
target_compile_definitions(weft_mlir PRIVATE ${LLVM_DEFINITIONS_LIST})

# weft_compiler_room(<name> [FUZZED] SOURCES ... [DEPENDS ...] [PRIVATE ...])
function(weft_compiler_room name)
  cmake_parse_arguments(ROOM "FUZZED" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  set(fuzzed "")
  if(ROOM_FUZZED)
    set(fuzzed FUZZED)
  endif()
  weft_room(${name} ${fuzzed} HEADERS weft_mlir SOURCES ${ROOM_SOURCES} DEPENDS ${ROOM_DEPENDS} MLIR LLVM
            PRIVATE ${ROOM_PRIVATE})
  target_include_directories(${name} SYSTEM PUBLIC ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
endfunction()

# weft_hosts_backends(<program>)
# Lets a program load compile sides of plug-ins: it shows them all that backends/Backend.h
# declares, whether it uses that itself or not.
function(weft_hosts_backends program)
  set_target_properties(${program} PROPERTIES ENABLE_EXPORTS ON
    LINK_LIBRARY_OVERRIDE "WHOLE_ARCHIVE,weft_ir,weft_storage")
endfunction()

# weft_plugin(<name> SOURCES ... [DEPENDS ...])
# Builds lib/weft/<name>.so. A compile side ("x-compiler") links nothing: the program that loads
# it has what it needs.
function(weft_plugin name)
  cmake_parse_arguments(PLUGIN "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(${name} MODULE ${PLUGIN_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}")
  target_include_directories(${name} SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
  target_link_libraries(${name} PRIVATE ${PLUGIN_DEPENDS})
  weft_warnings(${name})
  weft_take_headers(${name} weft_mlir)
  set_target_properties(${name} PROPERTIES PREFIX "" DEFINE_SYMBOL ""
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib/weft")
endfunction()
