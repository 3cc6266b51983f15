# What `cmake --install` gives: the programs and plug-ins, the runtime as libraries, the headers
# of both sides of a backend, and the CMake package Weft.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/Weft")
set(headers "${CMAKE_INSTALL_INCLUDEDIR}/weft")

# weft_install_headers(<header>...): to where their includes, from the top of the tree, find them.
function(weft_install_headers)
  foreach(header IN LISTS ARGN)
    cmake_path(GET header PARENT_PATH folder)
    if(EXISTS "${CMAKE_SOURCE_DIR}/${header}")
      install(FILES "${CMAKE_SOURCE_DIR}/${header}" DESTINATION "${headers}/${folder}")
    else()
      install(FILES "${CMAKE_BINARY_DIR}/${header}" DESTINATION "${headers}/${folder}")
    endif()
  endforeach()
endfunction()

install(TARGETS weft)
# To run models in a program of one's own.
install(TARGETS weft_base weft_sign weft_artifact weft_device weft_program EXPORT WeftTargets)
weft_install_headers(
  runtime/artifact/Artifact.h runtime/base/Error.h runtime/artifact/Kernel.h
  runtime/base/MappedFile.h runtime/artifact/artifact_generated.h
  runtime/device/Device.h runtime/device/Registry.h runtime/program/Session.h)
install(EXPORT WeftTargets NAMESPACE Weft:: DESTINATION "${package}")

if(WEFT_BUILD_COMPILER)
  install(TARGETS weftc weft-opt weft-conformance)
  install(TARGETS reference reference-compiler LIBRARY DESTINATION lib/weft)
  # What backends/Backend.h includes.
  weft_install_headers(
    backends/Backend.h ir/Weft.h ir/OpList.h ir/Traits.h ir/storage/Layouts.h
    ir/storage/ScalarConversion.h ir/storage/Storage.h
    ir/storage/SuperBlock.h ir/WeftDialect.h.inc ir/WeftEnums.h.inc ir/WeftAttributes.h.inc
    ir/WeftTypes.h.inc ir/WeftOps.h.inc)
endif()

configure_package_config_file("${CMAKE_SOURCE_DIR}/cmake/WeftConfig.cmake.in"
  "${CMAKE_BINARY_DIR}/WeftConfig.cmake" INSTALL_DESTINATION "${package}"
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/WeftConfigVersion.cmake"
  COMPATIBILITY ExactVersion)
install(FILES "${CMAKE_BINARY_DIR}/WeftConfig.cmake" "${CMAKE_BINARY_DIR}/WeftConfigVersion.cmake"
  DESTINATION "${package}")
