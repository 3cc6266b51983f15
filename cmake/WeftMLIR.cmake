# LLVM/MLIR 22 as Debian ships it: one shared libMLIR and one shared libLLVM.

find_package(MLIR 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)

# A precompiled header of the MLIR core, built once and used by every room of the
# compiler: it halves the time of a clean build.
add_library(weft_mlir OBJECT "${CMAKE_SOURCE_DIR}/cmake/MLIRHeaders.cpp")
target_include_directories(weft_mlir SYSTEM PUBLIC ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
target_include_directories(weft_mlir PUBLIC "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}")
target_compile_definitions(weft_mlir PUBLIC ${LLVM_DEFINITIONS_LIST})
target_precompile_headers(weft_mlir PRIVATE "${CMAKE_SOURCE_DIR}/cmake/MLIRHeaders.h")
target_compile_options(weft_mlir PRIVATE -Xclang -fno-pch-timestamp -Wall -Wextra -Wno-unused-parameter)

# weft_compiler_room(<name> SOURCES ... [DEPENDS ...] [PRIVATE ...])
function(weft_compiler_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  weft_room(${name} SOURCES ${ROOM_SOURCES} DEPENDS ${ROOM_DEPENDS} MLIR LLVM PRIVATE ${ROOM_PRIVATE})
  target_include_directories(${name} SYSTEM PUBLIC ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
  target_compile_options(${name} PRIVATE -Xclang -fno-pch-timestamp)
  target_precompile_headers(${name} REUSE_FROM weft_mlir)
endfunction()
